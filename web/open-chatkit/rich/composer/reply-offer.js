import { h } from '../../view/dom.js';
import { isEscape } from '../../view/keys.js';

/** The longest quote. A server may accept less. */
const MAX_LENGTH = 2000;

/** A button beside the selected text of an answer, to reply to that text. */
export class ReplyOffer {
  #chat;
  #button;

  /**
   * @param {HTMLElement} chat
   * @param {(text: string) => void} reply
   */
  constructor(chat, reply) {
    this.#chat = chat;
    const onclick = () => {
      const text = selectionIn(chat)?.text ?? '';
      this.#end();
      document.getSelection()?.empty();
      if (text) reply(text);
    };
    // A press must not clear the selection before the click.
    const onmousedown = (/** @type {Event} */ event) => event.preventDefault();
    this.#button = h(
      'button',
      { type: 'button', class: 'button reply-offer', onclick, onmousedown },
      'Reply',
    );
  }

  /** Show the button if text of one answer is selected. */
  offer() {
    const selection = selectionIn(this.#chat);
    if (!selection || !selection.text) return this.#end();
    const frame = this.#chat.querySelector('.log-frame');
    // Moving the pressed button would cancel its click.
    if (!this.#button.isConnected) frame?.append(this.#button);
    const around = frame?.getBoundingClientRect();
    if (!around) return;
    const { left, bottom } = selection.place;
    const { offsetWidth, offsetHeight } = this.#button;
    this.#button.style.left = `${within(left - around.left, around.width - offsetWidth)}px`;
    this.#button.style.top = `${within(bottom - around.top + 4, around.height - offsetHeight)}px`;
    document.addEventListener('selectionchange', this.#follow);
    this.#chat.addEventListener('keydown', this.#key, true);
  }

  #follow = () => {
    if (!selectionIn(this.#chat)?.text) this.#end();
  };

  #key = (/** @type {KeyboardEvent} */ event) => {
    if (!isEscape(event)) return;
    event.stopPropagation();
    this.#end();
  };

  #end() {
    this.#button.remove();
    document.removeEventListener('selectionchange', this.#follow);
    this.#chat.removeEventListener('keydown', this.#key, true);
  }
}

/**
 * @param {number} place
 * @param {number} end
 */
function within(place, end) {
  return Math.max(8, Math.min(place, end - 8));
}

/**
 * Return the selected text of one answer and its place in the window, or null.
 *
 * @param {HTMLElement} chat
 */
function selectionIn(chat) {
  const range = rangeIn(/** @type {ShadowRoot} */ (chat.getRootNode()));
  const { startContainer: start, endContainer: end } = range ?? {};
  const element = start instanceof Element ? start : start?.parentElement;
  const answer = element?.closest('.from-assistant');
  if (!range || !answer) return null;
  // A triple click on the last paragraph selects up to the next element's start.
  if (end && !answer.contains(end)) range.setEnd(answer, answer.childNodes.length);
  const text = `${range}`.trim().slice(0, MAX_LENGTH);
  return { text, place: range.getBoundingClientRect() };
}

/**
 * Return the selected range of a shadow root, whose inside only newer calls show.
 *
 * @param {ShadowRoot & {getSelection?: () => Selection | null}} root
 * @returns {Range | null}
 */
function rangeIn(root) {
  // The types of older browsers lack the first, those of newer ones the second.
  const outer = /** @type {any} */ (document.getSelection());
  const [composed] = outer?.getComposedRanges?.({ shadowRoots: [root] }) ?? [];
  if (composed) {
    const range = document.createRange();
    range.setStart(composed.startContainer, composed.startOffset);
    range.setEnd(composed.endContainer, composed.endOffset);
    return range;
  }
  const selection = root.getSelection?.() ?? outer;
  return selection?.rangeCount ? selection.getRangeAt(0) : null;
}
