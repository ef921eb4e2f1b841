import { h } from './dom.js';
import { icon } from './icons.js';
import { isComposed } from './keys.js';

/**
 * The text box. Enter sends and Shift+Enter starts a new line. During an answer, the button stops
 * the answer.
 */
export class ComposerView {
  #send;
  /** @type {import('../rich/composer/rich-composer').RichComposer | null} null until it is loaded */
  #rich = null;
  text = h('textarea', {
    rows: 1,
    'aria-label': 'Message',
    enterkeyhint: 'send',
    autocomplete: 'off',
  });
  #button = h('button', { type: 'submit', class: 'round' });
  #responding = false;
  #stoppable = true;
  #closed = false;
  #placeholder = '';

  element = h('form', { class: 'composer' }, this.text, this.#button);

  /**
   * @param {import('./chat').ChatActions['send']} send if it rejects, the text returns to the box
   * @param {() => void} stop
   */
  constructor(send, stop) {
    this.#send = send;
    this.text.addEventListener('input', () => this.#changed());
    this.text.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#responding) stop();
      else this.#submit();
    });
    this.#changed();
  }

  /** Add what makes a message more than text. */
  extend(/** @type {import('../rich/composer/rich-composer').RichComposer} */ rich) {
    this.#rich = rich;
    this.text.before(rich.above);
    this.text.after(rich.bar);
    this.element.classList.add('rich');
    rich.close(this.#closed);
    // What was typed while it loaded.
    rich.textChanged();
    this.refresh();
  }

  /** Draw again after a change in the added parts. */
  refresh() {
    this.text.placeholder = (!this.#closed && this.#rich?.placeholder) || this.#placeholder;
    this.#draw();
  }

  get value() {
    return this.text.value;
  }

  set value(text) {
    this.text.value = text;
    this.#changed();
  }

  /** Whether the focus is here although nothing is written. */
  get isIdle() {
    return this.text.value === '' && this.element.matches(':focus-within');
  }

  focus() {
    this.text.focus();
  }

  /** @param {HTMLElement} element shown beside the button */
  add(element) {
    this.#button.before(element);
  }

  /** Insert a text at the cursor, apart from the words around it. @param {string} text */
  insert(text) {
    const { value, selectionStart: start, selectionEnd: end } = this.text;
    const before = /\S$/.test(value.slice(0, start)) ? ' ' : '';
    const after = /^\S/.test(value.slice(end)) ? ' ' : '';
    this.text.setRangeText(before + text + after, start, end, 'end');
    this.#changed();
  }

  /**
   * @param {{responding: boolean, stoppable: boolean, placeholder: string, closed: boolean}} state
   *   `closed`: the thread takes no more messages
   */
  update({ responding, stoppable, placeholder, closed }) {
    // Move the focus on from a button that has nothing more to do.
    const focused = this.#button.matches(':focus');
    const ended = this.#responding && !responding;
    this.#responding = responding;
    this.#stoppable = stoppable;
    this.#closed = closed;
    this.#placeholder = placeholder;
    this.text.readOnly = closed;
    this.#rich?.close(closed);
    this.refresh();
    if (focused && (ended || this.#button.disabled)) this.focus();
  }

  #changed() {
    // As high as the text; the stylesheet sets the maximum.
    this.text.style.height = 'auto';
    const { scrollHeight, clientHeight } = this.text;
    if (scrollHeight > clientHeight) this.text.style.height = `${scrollHeight}px`;
    this.#rich?.textChanged();
    this.#draw();
  }

  #draw() {
    const label = this.#responding ? 'Stop' : 'Send';
    if (this.#button.ariaLabel !== label) {
      this.#button.ariaLabel = label;
      this.#button.replaceChildren(icon(this.#responding ? 'stop' : 'send'));
    }
    this.#button.disabled = this.#responding ? !this.#stoppable : !this.#maySend;
  }

  get #maySend() {
    const hasContent = this.text.value.trim() !== '' || this.#rich?.hasFiles;
    return hasContent && !this.#closed && !this.#rich?.isWaiting;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || isComposed(event)) return;
    event.preventDefault();
    if (!this.#responding) this.#submit();
  }

  #submit() {
    if (!this.#maySend) return this.#rich?.explain();
    const text = this.text.value.trim();
    const { message, restore } = this.#rich?.take() ?? { message: { text } };
    this.value = '';
    this.#send(message).catch(() => {
      this.value = [text, this.value].filter(Boolean).join('\n');
      restore?.();
      if (this.element.isConnected) return;
      // This box has left the page, which may have another one.
      const init = { detail: { text }, bubbles: true, composed: true };
      this.element.dispatchEvent(new CustomEvent('open-chatkit.unsent', init));
    });
  }
}
