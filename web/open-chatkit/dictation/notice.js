import { h } from '../view/dom.js';
import { icon } from '../view/icons.js';

/** What went wrong with a dictation, above the text box. */
export class DictationNotice {
  #host;
  /** @type {HTMLElement | null} */
  #shown = null;

  /** @param {{element: HTMLElement, focus: () => void}} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * @param {string} message empty if the page shows it
   * @param {() => void} [again] sends the kept recording again
   * @returns {HTMLElement | null} the button that sends it
   */
  show(message, again) {
    this.clear();
    const words = [message, again && 'Your recording is kept.'].filter(Boolean).join(' ');
    if (!words) return null;
    const close = () => {
      this.clear();
      this.#host.focus();
    };
    const retry = button('Try again', () => again?.());
    const buttons = again ? [retry, button('Discard', close)] : [button('Close', close)];
    const text = h('div', {}, h('p', {}, words), h('div', { class: 'row' }, ...buttons));
    const notice = h('div', { class: 'notice danger', role: 'alert' }, icon('alert'), text);
    this.#shown = notice;
    this.#host.element.prepend(notice);
    return again ? retry : null;
  }

  clear() {
    this.#shown?.remove();
    this.#shown = null;
  }
}

/**
 * @param {string} label
 * @param {() => void} onclick
 */
function button(label, onclick) {
  return h('button', { type: 'button', class: 'button', onclick }, label);
}
