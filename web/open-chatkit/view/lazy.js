import { sheetIn } from '../style/sheets.js';
import { fill, h } from './dom.js';

/**
 * @typedef {'widget' | 'generated_image' | 'structured_input'} LazyType
 * @typedef {Omit<import('./items').ItemView, 'element'>} Content what fills the element of an item
 */

/** @type {Record<LazyType, {class: string, 'aria-label'?: string}>} */
const ATTRIBUTES = {
  widget: { class: 'widget', 'aria-label': 'Card' },
  generated_image: { class: 'image', 'aria-label': 'Image' },
  structured_input: { class: 'asked' },
};

/** An item whose view is loaded on first use, because most chats have no such item. */
export class LazyView {
  element;
  #type;
  #actions;
  /** @type {Content | null} */
  #content = null;
  /** @type {[item: any, unfinished: boolean]} */
  #shown = [null, false];
  #wantsFocus = false;

  /**
   * @param {LazyType} type
   * @param {import('./items').ItemActions} actions
   */
  constructor(type, actions) {
    this.element = h('article', ATTRIBUTES[type]);
    this.#type = type;
    this.#actions = actions;
    void this.#load();
  }

  /**
   * @param {any} item
   * @param {boolean} unfinished
   */
  update(item, unfinished) {
    this.#shown = [item, unfinished];
    this.#content?.update(item, unfinished);
  }

  focus() {
    this.#wantsFocus = true;
    this.#content?.focus?.();
  }

  async #load() {
    this.element.ariaBusy = 'true';
    try {
      const { contentOf } = await import('../rich/items/contents.js');
      await sheetIn(this.element.getRootNode(), 'rich');
      const content = contentOf(this.#type, this.element, this.#actions);
      fill(this.element, []);
      content.update(...this.#shown);
      this.#content = content;
      if (this.#wantsFocus) content.focus?.();
    } catch {
      this.#failed();
    }
    this.element.ariaBusy = null;
  }

  #failed() {
    const again = h('button', { type: 'button', class: 'button' }, 'Try again');
    again.addEventListener('click', () => this.#load());
    const sentence = h('p', { role: 'alert' }, 'This part of the chat could not be loaded.');
    fill(this.element, [sentence, again]);
  }
}
