import { h } from './dom.js';

/** Announces finished answers politely to a screen reader. */
export class Announcer {
  element = h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });

  /** @param {string} text */
  announce(text) {
    // A new node each time, so that a screen reader repeats the same text.
    this.element.replaceChildren(h('p', {}, text));
  }
}
