import { h } from './dom.js';

/** Says finished answers and other news to a screen reader, when it has nothing else to say. */
export class Announcer {
  element = h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });

  /** @param {string} text */
  say(text) {
    // A node of its own each time, so that the same words are said again.
    this.element.replaceChildren(h('p', {}, text));
  }
}
