import { wordsOf } from '../state/tool-name.js';
import { fill, h } from './dom.js';

/**
 * An item shown as a line of text.
 *
 * @template {import('../types').Item} T
 */
export class LineView {
  element = h('article', { class: 'line', 'aria-label': 'Note' });
  #content;

  /** @param {(item: T) => import('./dom').Child[]} content */
  constructor(content) {
    this.#content = content;
  }

  /** @param {T} item */
  update(item) {
    fill(this.element, this.#content(item));
  }
}

/** @param {import('../types').ToolCallItem} item */
export function toolCallLine({ status, name }) {
  const words = wordsOf(name);
  return [status === 'pending' ? `Waiting for ${words}…` : `Used ${words}`];
}
