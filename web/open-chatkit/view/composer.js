import { h } from './dom.js';
import { icon } from './icons.js';
import { isComposed } from './keys.js';

/**
 * The box to write in. Enter sends, Shift+Enter breaks the line; while an answer is made its button
 * stops it.
 */
export class ComposerView {
  #send;
  #text = h('textarea', {
    rows: 1,
    'aria-label': 'Message',
    enterkeyhint: 'send',
    autocomplete: 'off',
  });
  #button = h('button', { type: 'submit', class: 'round' });
  #responding = false;
  #stoppable = true;
  #closed = false;

  element = h('form', { class: 'composer' }, this.#text, this.#button);

  /**
   * @param {(text: string) => Promise<void>} send what it does not take comes back to the box
   * @param {() => void} stop
   */
  constructor(send, stop) {
    this.#send = send;
    this.#text.addEventListener('input', () => this.#changed());
    this.#text.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#responding) stop();
      else this.#submit();
    });
    this.#changed();
  }

  get value() {
    return this.#text.value;
  }

  set value(text) {
    this.#text.value = text;
    this.#changed();
  }

  focus() {
    this.#text.focus();
  }

  /**
   * @param {{responding: boolean, stoppable: boolean, placeholder: string, closed: boolean}} now
   *   `closed`: nothing more may be said in this thread
   */
  update({ responding, stoppable, placeholder, closed }) {
    // The button that sent or stopped the answer has nothing more to do: its focus goes on.
    const focused = this.#button.matches(':focus');
    const ended = this.#responding && !responding;
    this.#responding = responding;
    this.#stoppable = stoppable;
    this.#closed = closed;
    this.#text.placeholder = placeholder;
    this.#text.readOnly = closed;
    this.#draw();
    if (focused && (ended || this.#button.disabled)) this.focus();
  }

  #changed() {
    // As high as its text; the stylesheet says how high at most.
    this.#text.style.height = 'auto';
    const { scrollHeight, clientHeight } = this.#text;
    if (scrollHeight > clientHeight) this.#text.style.height = `${scrollHeight}px`;
    this.#draw();
  }

  #draw() {
    const label = this.#responding ? 'Stop' : 'Send';
    if (this.#button.ariaLabel !== label) {
      this.#button.ariaLabel = label;
      this.#button.replaceChildren(icon(this.#responding ? 'stop' : 'send'));
    }
    const empty = this.#text.value.trim() === '';
    this.#button.disabled = this.#responding ? !this.#stoppable : empty || this.#closed;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || isComposed(event)) return;
    event.preventDefault();
    if (!this.#responding) this.#submit();
  }

  #submit() {
    const text = this.#text.value.trim();
    if (text === '' || this.#closed) return;
    this.value = '';
    this.#send(text).catch(() => {
      this.value = [text, this.value].filter(Boolean).join('\n');
      if (this.element.isConnected) return;
      // Nobody sees this box any more: the page may have another one.
      const more = { detail: { text }, bubbles: true, composed: true };
      this.element.dispatchEvent(new CustomEvent('open-chatkit.unsent', more));
    });
  }
}
