import { h } from '../view/dom.js';
import { blockTree, blocksOf, inlineTree } from './tree.js';

/**
 * @typedef {import('./tree').Tree} Tree
 * @typedef {{source: string, nodes: Node[]}} ShownBlock
 */

/**
 * Markdown on the screen. A text that grows is read from its last blocks on, and changes only the
 * blocks that differ, so that a reader can select in what stands already.
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
    // What is added may change the last block, and whether there is an end to the one before.
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
    const kept = nodes.findIndex((node, index) => node !== childNodes[index]);
    const from = kept < 0 ? nodes.length : kept;
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
 * A text of one line.
 *
 * @param {string} text
 * @returns {Node[]}
 */
export function inlineNodes(text) {
  return inlineTree(text).map(nodeOf);
}

/**
 * @param {Tree} tree one that is bounded in its depth
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
      return h('pre', scrolled('Code'), h('code', {}, ...children));
    case 'table':
      return h('div', { class: 'table', ...scrolled('Table') }, h('table', {}, ...children));
    default:
      return h(name, attributes, ...children);
  }
}

/**
 * What a box needs so that a keyboard scrolls it, too.
 *
 * @param {string} label
 */
function scrolled(label) {
  return { tabindex: 0, role: 'group', 'aria-label': label };
}

/**
 * @param {string} href one that `safeLink` has let through
 * @param {...(Node | string)} children
 */
export function linkTo(href, ...children) {
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}
