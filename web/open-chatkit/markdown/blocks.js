/**
 * Text in blocks: the structure of Markdown that is worth having in a chat.
 *
 * Source: CommonMark 0.31.2, of which ATX headings, lists, block quotes, fences, rules and
 * paragraphs are taken. Anything else, HTML above all, is text.
 *
 * @typedef {{type: 'paragraph', text: string}
 *   | {type: 'heading', level: number, text: string}
 *   | {type: 'code', text: string}
 *   | {type: 'quote', blocks: Block[]}
 *   | {type: 'list', start: number | null, items: Block[][]}
 *   | {type: 'rule'}} Block
 */

const DEEPEST = 8;
const HEADING = /^ {0,3}(#{1,6})(?= |$)/;
const RULE = /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:( +)(?=\S)| *$)/;
const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})/;

/**
 * @param {string} text
 * @returns {Block[]}
 */
export function parseBlocks(text) {
  return blocksOf(text.replace(/\r\n?/g, '\n').replaceAll('\t', '    ').split('\n'), 0);
}

/**
 * @param {string[]} lines
 * @param {number} depth
 * @returns {Block[]}
 */
function blocksOf(lines, depth) {
  /** @type {Block[]} */
  const blocks = [];
  for (let at = 0; at < lines.length;) {
    const { block, next } = blockAt(lines, at, depth);
    if (block) blocks.push(block);
    at = next;
  }
  return blocks;
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 * @returns {{block: Block | null, next: number}} the block that begins there, and the line after it
 */
function blockAt(lines, at, depth) {
  const line = lines[at] ?? '';
  if (line.trim() === '') return { block: null, next: at + 1 };
  const heading = HEADING.exec(line);
  if (heading) {
    const [before, marks = ''] = heading;
    const text = line
      .slice(before.length)
      .trim()
      .replace(/(^| )#+$/, '')
      .trimEnd();
    return { block: { type: 'heading', level: marks.length, text }, next: at + 1 };
  }
  if (FENCE.test(line)) return codeAt(lines, at);
  if (RULE.test(line)) return { block: { type: 'rule' }, next: at + 1 };
  if (depth < DEEPEST && QUOTE.test(line)) return quoteAt(lines, at, depth);
  if (depth < DEEPEST && ITEM.test(line)) return listAt(lines, at, depth);
  return paragraphAt(lines, at, depth);
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @returns {{block: Block, next: number}} a fence that is not closed goes to the end
 */
function codeAt(lines, at) {
  const [, indent = '', marks = ''] = FENCE.exec(lines[at] ?? '') ?? [];
  const closing = new RegExp(`^ {0,3}${marks[0]}{${marks.length},} *$`);
  const end = endOf(lines, at + 1, (line) => !closing.test(line));
  const dedent = new RegExp(`^ {0,${indent.length}}`);
  const text = lines
    .slice(at + 1, end)
    .map((line) => line.replace(dedent, ''))
    .join('\n');
  return { block: { type: 'code', text }, next: end + 1 };
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 * @returns {{block: Block, next: number}}
 */
function quoteAt(lines, at, depth) {
  const next = endOf(lines, at, (line) => QUOTE.test(line));
  const inner = lines.slice(at, next).map((line) => line.replace(QUOTE, ''));
  return { block: { type: 'quote', blocks: blocksOf(inner, depth + 1) }, next };
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 * @returns {{block: Block, next: number}}
 */
function listAt(lines, at, depth) {
  const kind = kindOf(lines[at]);
  const start = kind === '.' || kind === ')' ? parseInt(lines[at] ?? '', 10) : null;
  /** @type {Block[][]} */
  const items = [];
  let next = at;
  while (next < lines.length && kindOf(lines[next]) === kind) {
    const width = contentColumn(lines[next] ?? '');
    const end = endOfItem(lines, next, width);
    const [first = '', ...rest] = lines.slice(next, end);
    const inner = [first.slice(width), ...rest.map((line) => dedented(line, width))];
    items.push(blocksOf(inner, depth + 1));
    next = end;
  }
  return { block: { type: 'list', start, items }, next };
}

/**
 * What tells one list from the next: its bullet, or what follows its number.
 *
 * @param {string | undefined} line
 */
function kindOf(line = '') {
  return RULE.test(line) ? undefined : ITEM.exec(line)?.[2]?.at(-1);
}

/** @param {string} line where an item begins */
function contentColumn(line) {
  const [, indent = '', marker = '', gap = ' '] = ITEM.exec(line) ?? [];
  return indent.length + marker.length + (gap.length > 4 ? 1 : gap.length);
}

/**
 * @param {string} line
 * @param {number} width
 */
function dedented(line, width) {
  return line.slice(Math.min(width, line.search(/\S|$/)));
}

/**
 * An item goes on with lines that are as far in as its content, and with the lines of its own
 * paragraph. Two columns are far enough: so is much of what models write.
 *
 * @param {string[]} lines
 * @param {number} at
 * @param {number} width
 */
function endOfItem(lines, at, width) {
  const inside = Math.min(width, 2);
  let afterBlank = false;
  return endOf(lines, at + 1, (line) => {
    const blank = line.trim() === '';
    const belongs = blank || line.search(/\S/) >= inside || (!afterBlank && isText(line));
    afterBlank = blank;
    return belongs;
  });
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 * @returns {{block: Block, next: number}}
 */
function paragraphAt(lines, at, depth) {
  const next = endOf(lines, at + 1, (line) =>
    depth >= DEEPEST ? line.trim() !== '' : isText(line),
  );
  const text = lines
    .slice(at, next)
    .map((line) => line.trim())
    .join('\n');
  return { block: { type: 'paragraph', text }, next };
}

/** @param {string} line */
function isText(line) {
  const begins = [HEADING, FENCE, RULE, QUOTE, ITEM].some((start) => start.test(line));
  return line.trim() !== '' && !begins;
}

/**
 * @param {string[]} lines
 * @param {number} at
 * @param {(line: string) => boolean} goesOn
 */
function endOf(lines, at, goesOn) {
  let end = at;
  while (end < lines.length && goesOn(lines[end] ?? '')) end += 1;
  return end;
}
