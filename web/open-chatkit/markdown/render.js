import { h } from '../view/dom.js';
import { parseBlocks } from './blocks.js';
import { parseInline } from './inline.js';

/**
 * @typedef {import('./blocks').Block} Block
 * @typedef {import('./inline').Inline} Inline
 */

/**
 * Markdown on the screen. A text that grows changes only the blocks that are other than before, so
 * that a reader can select in what stands already.
 */
export class MarkdownView {
  element = h('div', { class: 'markdown' });
  #text = '';
  /** @type {string[]} */
  #shown = [];

  /** @param {string} text */
  update(text) {
    if (text === this.#text) return;
    this.#text = text;
    const blocks = parseBlocks(text);
    const wanted = blocks.map((block) => JSON.stringify(block));
    const kept = wanted.findIndex((block, index) => block !== this.#shown[index]);
    const from = kept < 0 ? wanted.length : kept;
    while (this.element.childNodes.length > from) this.element.lastChild?.remove();
    this.element.append(...blocks.slice(from).map(blockNode));
    this.#shown = wanted;
  }
}

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
export function markdown(text) {
  const view = new MarkdownView();
  view.update(text);
  return view.element;
}

/**
 * A text of one line.
 *
 * @param {string} text
 * @returns {Node[]}
 */
export function inlineNodes(text) {
  return parseInline(text).map(inlineNode);
}

/**
 * @param {Block} block
 * @returns {HTMLElement}
 */
function blockNode(block) {
  switch (block.type) {
    case 'heading':
      // The headings of a message stand below those of the page.
      return h(headingName(block.level), {}, ...inlineNodes(block.text));
    case 'code':
      return h(
        'pre',
        { tabindex: 0, role: 'group', 'aria-label': 'Code' },
        h('code', {}, block.text),
      );
    case 'quote':
      return h('blockquote', {}, ...block.blocks.map(blockNode));
    case 'list':
      return listNode(block);
    case 'rule':
      return h('hr');
    default:
      return h('p', {}, ...inlineNodes(block.text));
  }
}

/** @param {number} level */
function headingName(level) {
  return /** @type {const} */ (['h3', 'h4', 'h5', 'h6'])[Math.min(level, 4) - 1] ?? 'h6';
}

/** @param {Extract<Block, {type: 'list'}>} list */
function listNode({ start, items }) {
  const entries = items.map((blocks) => h('li', {}, ...entryNodes(blocks)));
  return start === null ? h('ul', {}, ...entries) : h('ol', { start }, ...entries);
}

/**
 * An entry of one paragraph needs no element for it.
 *
 * @param {Block[]} blocks
 */
function entryNodes(blocks) {
  const [first, ...rest] = blocks;
  if (first?.type !== 'paragraph') return blocks.map(blockNode);
  return [...inlineNodes(first.text), ...rest.map(blockNode)];
}

/**
 * @param {Inline} node
 * @returns {Node}
 */
function inlineNode(node) {
  switch (node.type) {
    case 'text':
      return document.createTextNode(node.text);
    case 'code':
      return h('code', {}, node.text);
    case 'break':
      return h('br');
    case 'link':
      return linkTo(node.href, ...node.children.map(inlineNode));
    default:
      return h(node.type, {}, ...node.children.map(inlineNode));
  }
}

/**
 * @param {string} href one that `safeLink` has let through
 * @param {...(Node | string)} children
 */
export function linkTo(href, ...children) {
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}
