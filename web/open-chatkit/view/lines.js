import { safeLink } from '../markdown/links.js';
import { linkTo } from '../markdown/render.js';
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

/** @param {import('../types').ImageItem} item */
export function imageLine({ image }) {
  const href = safeLink(image?.url);
  return [href ? linkTo(href, 'Open the image') : 'Generating an image…'];
}
