import { safeLink } from './links.js';
import { blockTokens, budgetFor, inlineTokens } from './parser.js';

/**
 * Markdown as a tree of plain data, which render.js turns into elements.
 *
 * @typedef {import('./parser').Token} Token
 * @typedef {import('./parser').Budget} Budget
 * @typedef {string | {name: ElementName, attributes: Attributes, children: Tree[]}} Tree
 * @typedef {Exclude<Tree, string>} Element
 * @typedef {keyof HTMLElementTagNameMap} ElementName
 * @typedef {Record<string, string | number>} Attributes
 * @typedef {object} Block
 * @property {string} source the lines of the block and the blank lines after it
 * @property {Token[] | null} tokens null if the source is shown as plain text
 * @property {Budget} budget the rest of the budget, shared by all blocks
 */

/**
 * The element names of tokens whose tag is not the element's name.
 *
 * @type {Record<string, ElementName>}
 */
const NAMES = {
  s: 'del',
  // Headings of a message rank below those of the page.
  h1: 'h3',
  h2: 'h4',
  h3: 'h5',
  h4: 'h6',
  h5: 'h6',
  h6: 'h6',
};

/**
 * Cut a text into its outermost blocks. Their sources add up to the text.
 *
 * @param {string} text lines that end in `\n`
 * @returns {Block[]}
 */
export function blocksOf(text) {
  const budget = budgetFor(text);
  const tokens = blockTokens(text, budget);
  if (!tokens) return [{ source: text, tokens, budget }];
  const lines = text.split(/(?<=\n)/);
  const starts = tokens.flatMap(({ level, nesting, map }, index) =>
    level === 0 && nesting >= 0 && map ? [{ line: map[0], index }] : [],
  );
  return starts.map(({ line, index }, at) => {
    const next = starts[at + 1];
    return {
      source: lines.slice(at === 0 ? 0 : line, next?.line).join(''),
      tokens: tokens.slice(index, next?.index),
      budget,
    };
  });
}

/**
 * @param {Block} block
 * @returns {Tree[]}
 */
export function blockTree({ source, tokens, budget }) {
  return tokens ? treeOf(tokens, budget) : plainSource('p', source);
}

/**
 * Return the tree of a text without blocks.
 *
 * @param {string} text
 * @param {Budget} [budget]
 * @returns {Tree[]}
 */
export function inlineTree(text, budget = budgetFor(text)) {
  const tokens = inlineTokens(text, budget);
  return tokens ? treeOf(tokens, budget) : plainSource('span', text);
}

/**
 * @param {ElementName} name
 * @param {string} text
 * @returns {Tree[]}
 */
function plainSource(name, text) {
  return [element(name, { class: 'source' }, text)];
}

/**
 * @param {Token[]} tokens
 * @param {Budget} budget
 * @returns {Tree[]}
 */
function treeOf(tokens, budget) {
  /** @type {Tree[]} */
  const root = [];
  const open = [root];
  for (const token of tokens) {
    if (token.hidden) continue;
    if (token.nesting < 0) open.pop();
    else if (token.nesting === 0) open.at(-1)?.push(...leaves(token, budget));
    else {
      const parent = elementOf(token);
      open.at(-1)?.push(parent);
      open.push(parent.children);
    }
  }
  return root;
}

/**
 * @param {Token} token
 * @returns {Element}
 */
function elementOf(token) {
  const tag = /** @type {ElementName} */ (token.tag);
  const name = NAMES[tag] ?? tag;
  /** @type {Attributes} */
  const attributes = {};
  const start = token.attrGet('start');
  if (start !== null) attributes.start = start;
  const [, align] = /text-align:(\w+)/.exec(`${token.attrGet('style')}`) ?? [];
  if (align) attributes['data-align'] = align;
  if (name === 'a') attributes.href = safeLink(token.attrGet('href')) ?? '';
  return element(name, attributes);
}

/**
 * @param {Token} token
 * @param {Budget} budget
 * @returns {Tree[]}
 */
function leaves({ type, content }, budget) {
  switch (type) {
    case 'inline':
      return inlineTree(content, budget);
    case 'fence':
      return [element('pre', {}, content.replace(/\n$/, ''))];
    case 'code_inline':
      return [element('code', {}, content)];
    case 'hr':
      return [element('hr')];
    case 'softbreak':
    case 'hardbreak':
      return [element('br')];
    default:
      return content ? [content] : [];
  }
}

/**
 * @param {ElementName} name
 * @param {Attributes} [attributes]
 * @param {...Tree} children
 * @returns {Element}
 */
function element(name, attributes = {}, ...children) {
  return { name, attributes, children };
}
