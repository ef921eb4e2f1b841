import { fill, h } from './dom.js';
import { iconButton } from './header.js';
import { icon } from './icons.js';
import { isEscape } from './keys.js';
import { ThreadRow } from './thread-row.js';

/**
 * @typedef {import('../state/thread-list').ThreadList} ThreadList
 * @typedef {{close: () => void, more: () => void, reload: () => void}} ListActions
 * @typedef {import('./thread-row').RowActions & ListActions} HistoryActions
 * @typedef {object} HistoryOptions
 * @property {string | null} current
 * @property {boolean} rename
 * @property {boolean} delete
 * @property {string | undefined} locale
 */

/** The list of the user's threads. */
export class HistoryView {
  #actions;
  #rows = h('ul', { class: 'threads' });
  #foot = h('div', { class: 'foot' });
  #close;
  /** @type {Map<string, {key: string, row: ThreadRow}>} */
  #shown = new Map();

  element;

  /** @param {HistoryActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#close = iconButton('Close the list of chats', icon('close'), actions.close);
    const head = h(
      'div',
      { class: 'header' },
      h('h2', { class: 'title' }, 'Chats'),
      h('span', { class: 'spacer' }),
      this.#close,
    );
    this.element = h(
      'nav',
      { class: 'history', 'aria-label': 'Chats', hidden: true },
      head,
      h('div', { class: 'scroll' }, this.#rows, this.#foot),
    );
    this.element.addEventListener('keydown', (event) => {
      if (!isEscape(event)) return;
      event.stopPropagation();
      actions.close();
    });
  }

  focus() {
    this.#close.focus();
  }

  /**
   * @param {ThreadList} list
   * @param {HistoryOptions} now
   */
  update(list, now) {
    const focused = [...this.#shown.values()].findIndex(({ row }) => row.hasFocus);
    const known = this.#shown;
    this.#shown = new Map();
    for (const thread of list.threads) {
      const options = optionsOf(thread, now);
      const key = JSON.stringify(options);
      const before = known.get(thread.id);
      const row = before?.key === key ? before.row : new ThreadRow(thread, this.#actions, options);
      this.#shown.set(thread.id, { key, row });
    }
    const rows = [...this.#shown.values()].map(({ row }) => row);
    fill(
      this.#rows,
      rows.map((row) => row.element),
    );
    this.#showFoot(list);
    // The focused row may have been removed or replaced.
    const lost = focused >= 0 && !rows.some((row) => row.hasFocus);
    if (lost) (rows[Math.min(focused, rows.length - 1)] ?? this).focus();
  }

  /** @param {ThreadList} list */
  #showFoot({ threads, after, failure, loading }) {
    const empty = threads.length === 0;
    const key = JSON.stringify([empty, after, failure, loading]);
    if (key === this.#foot.dataset.key) return;
    this.#foot.dataset.key = key;
    const focused = this.#foot.matches(':focus-within');
    if (failure !== null) {
      const reload = button('Try again', this.#actions.reload);
      // The text is empty if the page's own fetch has shown the failure.
      fill(this.#foot, [failure && h('p', { class: 'failed', role: 'alert' }, failure), reload]);
    } else if (loading || empty) {
      const text = loading ? 'Loading…' : 'There are no chats yet.';
      fill(this.#foot, [h('p', { class: 'aside', role: 'status' }, text)]);
    } else fill(this.#foot, [after && button('Show more', () => this.#more())]);
    if (focused) this.focus();
  }

  #more() {
    // The button disappears, and new rows come after the last one.
    [...this.#shown.values()].at(-1)?.row.focus();
    this.#actions.more();
  }
}

/**
 * @param {string} label
 * @param {() => void} onclick
 */
function button(label, onclick) {
  return h('button', { type: 'button', class: 'button', onclick }, label);
}

/**
 * @param {import('../types').Thread} thread
 * @param {HistoryOptions} now
 */
function optionsOf({ id, title, created_at: created }, { current, locale, ...may }) {
  const at = new Date(created);
  const known = !Number.isNaN(at.getTime());
  const date = known ? at.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' }) : '';
  const name = title || 'Untitled chat';
  // Screen readers need the date: titles may be equal.
  return { name, label: title || `${name} from ${date}`, date, current: id === current, ...may };
}
