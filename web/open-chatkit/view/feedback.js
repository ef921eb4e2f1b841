import { fill, h } from './dom.js';
import { iconButton } from './header.js';
import { icon } from './icons.js';

/**
 * @typedef {'positive' | 'negative'} Kind
 * @typedef {import('../types').EndItem} EndItem
 * @typedef {(item: EndItem, kind: Kind) => Promise<void>} Rate throws if it could not be sent
 */

/** The feedback buttons of a complete answer. The other one replaces the one that was pressed. */
export class FeedbackView {
  #rate;
  #up = iconButton('Good answer', icon('thumbUp'), () => this.#press('positive'));
  #down = iconButton('Bad answer', icon('thumbDown'), () => this.#press('negative'));
  #said = h('span', { class: 'aside', role: 'status' });
  /** @type {EndItem | null} */
  #item = null;
  /** @type {Kind | null} what the server has */
  #stored = null;
  /** The requests go out one after another, so that the last press counts. */
  #sent = Promise.resolve();
  #presses = 0;

  element = h(
    'div',
    { class: 'feedback', role: 'group', 'aria-label': 'Rate this answer' },
    this.#up,
    this.#down,
    this.#said,
  );

  /** @param {Rate} rate */
  constructor(rate) {
    this.#rate = rate;
  }

  /** @param {EndItem} item */
  update(item) {
    this.#item = item;
    this.#stored = item.feedback ?? this.#stored;
    this.#show(this.#stored);
  }

  /** @param {Kind} kind */
  #press(kind) {
    const press = (this.#presses += 1);
    this.#show(kind);
    this.#say('');
    this.#sent = this.#sent.then(async () => {
      // A later press replaces this one.
      if (!this.#item || press !== this.#presses || kind === this.#stored) return;
      try {
        await this.#rate(this.#item, kind);
        this.#stored = kind;
      } catch {
        if (press !== this.#presses) return;
        this.#show(this.#stored);
        this.#say('Your rating could not be sent. Please try again.');
      }
    });
  }

  /** @param {Kind | null} kind */
  #show(kind) {
    this.#up.setAttribute('aria-pressed', String(kind === 'positive'));
    this.#down.setAttribute('aria-pressed', String(kind === 'negative'));
  }

  /** @param {string} text */
  #say(text) {
    fill(this.#said, [text]);
  }
}
