import { fill, h } from './dom.js';
import { headerIcon, icon } from './icons.js';

/**
 * @typedef {NonNullable<import('../types').Options['header']>} HeaderOption
 * @typedef {object} HeaderActions
 * @property {() => void} history
 * @property {() => void} newThread
 */

/** The title of the thread, between the history button and the new-chat button. */
export class HeaderView {
  #title = h('h2', { class: 'title' });
  #spacer = h('span', { class: 'spacer' });
  #history;
  #newThread;
  /** @type {HeaderOption | undefined} */
  #option;
  /** @type {(Node | null)[]} */
  #own = [null, null];

  element = h('header', { class: 'header' });

  /** @param {HeaderActions} actions */
  constructor({ history, newThread }) {
    this.#history = iconButton('Chats', icon('history'), history);
    this.#history.setAttribute('aria-expanded', 'false');
    this.#newThread = iconButton('New chat', icon('plus'), newThread);
  }

  /** Focus the history button, for when the history closes. */
  focusHistory() {
    this.#history.focus();
  }

  /**
   * @param {HeaderOption | undefined} option
   * @param {{title: string, history: boolean, open: boolean, empty: boolean}} state whether
   *   there is a history, whether it is open, whether the thread is new
   */
  update(option, { title, history, open, empty }) {
    if (option !== this.#option) {
      this.#option = option;
      this.#own = [ownButton(option?.leftAction), ownButton(option?.rightAction)];
    }
    this.element.hidden = option?.enabled === false;
    this.#history.setAttribute('aria-expanded', String(open));
    this.#newThread.disabled = empty;
    this.#title.hidden = option?.title?.enabled === false;
    if (this.#title.textContent !== title) this.#title.textContent = title;
    const [left = null, right = null] = this.#own;
    const buttons = [history && this.#history, this.#title, this.#spacer, this.#newThread];
    fill(this.element, [left, ...buttons, right]);
  }
}

/** @param {HeaderOption['leftAction']} action */
function ownButton(action) {
  if (!action) return null;
  return iconButton(action.icon.replaceAll('-', ' '), headerIcon(action.icon), action.onClick);
}

/**
 * @param {string} label
 * @param {Node} picture
 * @param {() => void} onclick
 */
export function iconButton(label, picture, onclick) {
  return h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick },
    picture,
  );
}
