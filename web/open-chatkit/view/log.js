import { shownItems } from '../state/pending-items.js';
import { fill, h, visuallyHidden } from './dom.js';
import { keepFocus } from './focus.js';
import { icon } from './icons.js';
import { viewFor } from './items.js';
import { failureNode, noticeNode } from './notices.js';
import { ScrollKeeper } from './scroll.js';

/**
 * @typedef {import('../types').Item} Item
 * @typedef {import('./items').ItemView} ItemView
 * @typedef {import('../state/thread-state').ThreadState} ThreadState
 * @typedef {object} OwnActions
 * @property {() => Promise<void>} earlier
 * @property {import('./notices').Steps} steps
 * @typedef {OwnActions & import('./items').ItemActions} LogActions
 * @typedef {object} LogOptions
 * @property {boolean} responding
 * @property {boolean} loading
 * @property {HTMLElement | null} start shown instead of the items of a new thread
 * @property {HTMLElement | null} after shown after the last answer
 */

/** The thread's items, progress, notices and failure. */
export class LogView {
  #actions;
  #itemActions;
  #content = h('div', { class: 'content' });
  #log = h(
    'div',
    { class: 'log', role: 'log', 'aria-label': 'Messages', 'aria-live': 'off', tabindex: 0 },
    this.#content,
  );
  #earlier = h('button', { type: 'button', class: 'button earlier' }, 'Show earlier messages');
  #latest = h(
    'button',
    { type: 'button', class: 'latest', hidden: true, 'aria-label': 'Go to the latest message' },
    icon('down'),
  );
  #progress = h('p', { class: 'progress' });
  #scroll = new ScrollKeeper(this.#log, this.#content, (atEnd) => (this.#latest.hidden = atEnd));
  /** @type {Map<string, {item: Item | null, unfinished: boolean, view: ItemView | null}>} */
  #shown = new Map();
  /** @type {WeakMap<object, HTMLElement>} */
  #notes = new WeakMap();
  /** @type {string | undefined} */
  #first;

  element = h('div', { class: 'log-frame' }, this.#log, this.#latest);

  /** @param {LogActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#itemActions = {
      ...actions,
      /** @type {LogActions['submit']} */
      submit: (question, answers) => {
        this.scrollToEnd();
        return actions.submit(question, answers);
      },
    };
    this.#latest.addEventListener('click', () => this.scrollToEnd());
    this.#earlier.addEventListener('click', () => this.#showEarlier());
  }

  scrollToEnd() {
    this.#scroll.scrollToEnd();
  }

  /** Move the focus to an item that waits for the person. */
  focusItem(/** @type {string} */ id) {
    this.#shown.get(id)?.view?.focus?.();
  }

  /**
   * @param {ThreadState} state
   * @param {LogOptions} now
   */
  update(state, { responding, loading, start, after }) {
    const empty = state.items.length === 0;
    const show = () => {
      this.#showProgress(state.progress, loading);
      fill(this.#content, [
        state.earlier !== null && this.#earlier,
        start,
        ...this.#items(state),
        !responding && after,
        ((loading && empty) || (responding && isWaiting(state))) && this.#progress,
        ...state.notices.map((notice) => this.#note(notice, () => noticeNode(notice))),
        state.failure && this.#failure(state.failure),
      ]);
    };
    const first = state.items[0]?.id;
    const prepended = first !== this.#first && state.items.some((item) => item.id === this.#first);
    this.#first = first;
    const change = () => keepFocus(this.#content, show, this.#actions.focusComposer);
    if (prepended) this.#scroll.keepPosition(change);
    else this.#scroll.keepEnd(change);
    // The next thread is shown from its end.
    if (empty) this.scrollToEnd();
  }

  /** @param {ThreadState} state */
  #items({ items, unfinished }) {
    const known = this.#shown;
    this.#shown = new Map();
    return shownItems(items).map((item) => {
      const open = unfinished.has(item.id);
      const before = known.get(item.id);
      const same = before?.item?.type === item.type;
      const view = same ? before.view : viewFor(item.type, this.#itemActions);
      if (!same || before.item !== item || before.unfinished !== open) view?.update(item, open);
      this.#shown.set(item.id, { item, unfinished: open, view });
      return view?.element ?? null;
    });
  }

  /**
   * @param {string | null} text
   * @param {boolean} loading
   */
  #showProgress(text, loading) {
    const label = loading ? 'Loading the chat…' : text;
    const dots = h('span', { class: 'dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
    const wanted = label ?? 'waiting';
    if (this.#progress.dataset.label === wanted) return;
    this.#progress.dataset.label = wanted;
    this.#progress.replaceChildren(dots, label ?? visuallyHidden('The assistant is answering'));
  }

  /** @param {import('../types').Failure} failure */
  #failure(failure) {
    return this.#note(failure, () => failureNode(failure, this.#actions.steps));
  }

  /**
   * Return the same element for the same object, so that it is rendered and announced once.
   *
   * @param {object} key
   * @param {() => HTMLElement} make
   */
  #note(key, make) {
    const note = this.#notes.get(key) ?? make();
    this.#notes.set(key, note);
    return note;
  }

  async #showEarlier() {
    this.#earlier.disabled = true;
    await this.#actions.earlier();
    this.#earlier.disabled = false;
    this.#log.focus({ preventScroll: true });
  }
}

/**
 * Return whether no text is growing and no step is running yet.
 *
 * @param {ThreadState} state
 */
function isWaiting({ items, progress, unfinished }) {
  if (progress) return true;
  const last = items.at(-1);
  switch (last?.type) {
    case 'end_of_turn':
      return false;
    case 'workflow':
    case 'widget':
    case 'generated_image':
      return !unfinished.has(last.id);
    case 'assistant_message':
      return last.content.every((part) => part.text === '');
    default:
      return true;
  }
}
