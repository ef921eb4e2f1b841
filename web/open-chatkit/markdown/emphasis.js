/**
 * Emphasis: which runs of `*`, `_` and `~` belong together.
 *
 * Source: CommonMark 0.31.2, "Emphasis and strong emphasis" and its "process emphasis" procedure;
 * `~~` as in GFM.
 *
 * @typedef {import('./inline').Inline} Inline
 * @typedef {object} Run what is left of a run of marks, in its place among the nodes
 * @property {'run'} type
 * @property {string} mark
 * @property {number} count how many are left
 * @property {number} length how many there were
 * @property {boolean} opens
 * @property {boolean} closes
 */

const PUNCTUATION = /[\p{P}\p{S}]/u;

/**
 * @param {string} marks a run of one character
 * @param {string} before the character before it, empty at the start
 * @param {string} after the character after it, empty at the end
 * @returns {Run}
 */
export function runOf(marks, before, after) {
  const mark = marks.charAt(0);
  const [spaceBefore, spaceAfter] = [before, after].map((each) => each.trim() === '');
  const [signBefore, signAfter] = [before, after].map((each) => PUNCTUATION.test(each));
  const left = !spaceAfter && (!signAfter || spaceBefore || signBefore);
  const right = !spaceBefore && (!signBefore || spaceAfter || signAfter);
  const within = mark === '_';
  return {
    type: 'run',
    mark,
    count: marks.length,
    length: marks.length,
    opens: Boolean(left && (!within || !right || signBefore)),
    closes: Boolean(right && (!within || !left || signAfter)),
  };
}

/**
 * The nodes with every run of marks replaced by emphasis or by its text.
 *
 * @param {(Inline | Run)[]} nodes
 * @returns {Inline[]}
 */
export function withEmphasis(nodes) {
  /** @type {(Inline | Run)[]} what was read, with the runs that may still open something */
  const read = [];
  /** @type {Map<string, number>} below which place there is nothing for a closer of this kind */
  const bottoms = new Map();
  for (const node of nodes) {
    if (node.type === 'run' && node.closes) close(read, node, bottoms);
    if (node.type !== 'run' || node.count > 0) read.push(node);
  }
  return read.map(asText);
}

/**
 * Joins a closing run with the openers before it, until one of the two is used up.
 *
 * @param {(Inline | Run)[]} read
 * @param {Run} closer
 * @param {Map<string, number>} bottoms
 */
function close(read, closer, bottoms) {
  const kind = `${closer.mark}${closer.opens}${closer.length % 3}`;
  while (closer.count > 0) {
    const bottom = bottoms.get(kind) ?? 0;
    const place = read.findLastIndex((node, index) => index >= bottom && fits(node, closer));
    const opener = read[place];
    if (opener?.type !== 'run') {
      bottoms.set(kind, read.length);
      return;
    }
    const used = opener.mark === '~' || Math.min(opener.count, closer.count) > 1 ? 2 : 1;
    const children = read.splice(place + 1).map(asText);
    opener.count -= used;
    closer.count -= used;
    if (opener.count === 0) read.pop();
    read.push({ type: typeOf(opener.mark, used), children });
  }
}

/**
 * @param {Inline | Run} node
 * @param {Run} closer
 */
function fits(node, closer) {
  if (node.type !== 'run' || !node.opens || node.mark !== closer.mark) return false;
  if (closer.mark === '~') return node.count === 2 && closer.count === 2;
  const ambiguous = node.closes || closer.opens;
  const odd = (node.length + closer.length) % 3 === 0;
  return !(ambiguous && odd && (node.length % 3 !== 0 || closer.length % 3 !== 0));
}

/**
 * @param {string} mark
 * @param {number} used
 */
function typeOf(mark, used) {
  if (mark === '~') return 'del';
  return used === 2 ? 'strong' : 'em';
}

/**
 * @param {Inline | Run} node
 * @returns {Inline}
 */
function asText(node) {
  return node.type === 'run' ? { type: 'text', text: node.mark.repeat(node.count) } : node;
}
