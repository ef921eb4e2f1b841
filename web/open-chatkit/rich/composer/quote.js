import { h } from '../../view/dom.js';
import { icon } from '../../view/icons.js';

/** The quoted text that the message replies to. */
export class QuoteView {
  #composer;
  #text = h('blockquote');
  element = h('div', { class: 'quote', role: 'group', 'aria-label': 'Reply to', hidden: true });

  /** @param {import('../../view/composer').ComposerView} composer */
  constructor(composer) {
    this.#composer = composer;
    const name = 'Remove the quote';
    const onclick = () => {
      this.show('');
      composer.focus();
    };
    const remove = { type: 'button', class: 'icon-button', 'aria-label': name, onclick };
    this.element.append(this.#text, h('button', remove, icon('close')));
  }

  /**
   * @param {string} text '' for no quote
   * @param {boolean} [focus] whether to move the focus to the text box
   */
  show(text, focus = false) {
    this.#text.textContent = text;
    this.element.hidden = text === '';
    if (focus) this.#composer.focus();
  }

  /** Return the quote, and remove it. */
  take() {
    const text = this.#text.textContent;
    this.show('');
    return text;
  }

  /** @param {string} text shown again unless there is another quote by now */
  restore(text) {
    if (this.element.hidden) this.show(text);
  }
}
