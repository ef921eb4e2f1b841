import { h } from '../view/dom.js';
import { blockTree, blocksOf, inlineTree } from './tree.js';

/**
 * @typedef {import('./tree').Tree} Tree
 * @typedef {{source: string, nodes: Node[]}} ShownBlock
 */

/**
 * Renders Markdown. When the text grows, only its last blocks are parsed again and only changed
 * blocks are replaced, so a reader can keep a selection in the earlier ones.
 */
export class MarkdownView {
  element = h('div', { class: 'markdown' });
  #text = '';
  /** @type {ShownBlock[]} */
  #blocks = [];

  /** @param {string} text */
  update(text) {
    const whole = text.replace(/\r\n?/g, '\n');
    if (whole === this.#text) return;
    // New text may change the last block, and whether the block before it has ended.
    const settled = whole.startsWith(this.#text) ? this.#blocks.slice(0, -2) : [];
    this.#text = whole;
    const length = settled.reduce((sum, { source }) => sum + source.length, 0);
    const fresh = blocksOf(whole.slice(length)).map((block, index) => {
      const before = this.#blocks[settled.length + index];
      if (before?.source === block.source) return before;
      return { source: block.source, nodes: blockTree(block).map(nodeOf) };
    });
    this.#blocks = [...settled, ...fresh];
    this.#show(this.#blocks.flatMap(({ nodes }) => nodes));
  }

  /** @param {Node[]} nodes */
  #show(nodes) {
    const { childNodes } = this.element;
    const changed = nodes.findIndex((node, index) => node !== childNodes[index]);
    const from = changed < 0 ? nodes.length : changed;
    while (childNodes.length > from) this.element.lastChild?.remove();
    this.element.append(...nodes.slice(from));
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
 * Render the inline Markdown of one line.
 *
 * @param {string} text
 * @returns {Node[]}
 */
export function inlineNodes(text) {
  return inlineTree(text).map(nodeOf);
}

/**
 * @param {Tree} tree of limited depth
 * @returns {Node}
 */
function nodeOf(tree) {
  if (typeof tree === 'string') return document.createTextNode(tree);
  const { name, attributes } = tree;
  const children = tree.children.map(nodeOf);
  switch (name) {
    case 'a':
      return linkTo(String(attributes.href), ...children);
    case 'pre':
      return h('pre', scrollable('Code'), h('code', {}, ...children));
    case 'table':
      return h('div', { class: 'table', ...scrollable('Table') }, h('table', {}, ...children));
    default:
      return h(name, attributes, ...children);
  }
}

/**
 * Return the attributes that let a keyboard scroll a box.
 *
 * @param {string} label
 */
function scrollable(label) {
  return { tabindex: 0, role: 'group', 'aria-label': label };
}

/**
 * @param {string} href an address that `safeLink` returned
 * @param {...(Node | string)} children
 */
export function linkTo(href, ...children) {
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}
