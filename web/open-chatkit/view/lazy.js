import { sheetIn } from '../style/sheets.js';
import { fill, h } from './dom.js';

/**
 * An item whose view is a module of its own, so that a chat without such items does not load it.
 */
export class LazyView {
  element;
  #load;
  /** @type {import('./items').ItemContent | null} */
  #view = null;
  /** @type {[item: any, unfinished: boolean]} */
  #shown = [null, false];

  /**
   * @param {HTMLElement} element
   * @param {(element: HTMLElement) => Promise<import('./items').ItemContent>} load returns a view that
   *   fills this element
   */
  constructor(element, load) {
    this.element = element;
    this.#load = load;
    void this.#start();
  }

  /**
   * @param {any} item
   * @param {boolean} unfinished
   */
  update(item, unfinished) {
    this.#shown = [item, unfinished];
    this.#view?.update(item, unfinished);
  }

  async #start() {
    this.element.ariaBusy = 'true';
    try {
      const view = await this.#load(this.element);
      await sheetIn(this.element.getRootNode(), 'rich');
      fill(this.element, []);
      view.update(...this.#shown);
      this.#view = view;
    } catch {
      this.#failed();
    }
    this.element.ariaBusy = null;
  }

  #failed() {
    const again = h('button', { type: 'button', class: 'button' }, 'Try again');
    again.addEventListener('click', () => this.#start());
    const sentence = h('p', { role: 'alert' }, 'This part of the chat could not be loaded.');
    fill(this.element, [sentence, again]);
  }
}
