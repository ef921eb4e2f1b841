import { h } from './dom.js';
import { iconButton } from './header.js';
import { icon } from './icons.js';
import { isEscape } from './keys.js';

/**
 * @typedef {import('../types').Thread} Thread
 * @typedef {object} RowActions
 * @property {(id: string) => void} open
 * @property {(id: string, title: string) => Promise<void>} rename
 * @property {(id: string) => Promise<void>} delete
 * @typedef {object} RowOptions
 * @property {string} name
 * @property {string} label the name, unique for screen readers
 * @property {string} date
 * @property {boolean} current whether it is the thread on the screen
 * @property {boolean} rename
 * @property {boolean} delete
 */

const MAX_TITLE_LENGTH = 200;
const STATES = { active: '', locked: 'Locked', closed: 'Closed' };

/** A thread in the history, which can be opened, renamed and deleted in place. */
export class ThreadRow {
  element = h('li', { class: 'thread' });
  #thread;
  #actions;
  #options;

  /**
   * @param {Thread} thread
   * @param {RowActions} actions
   * @param {RowOptions} options
   */
  constructor(thread, actions, options) {
    this.#thread = thread;
    this.#actions = actions;
    this.#options = options;
    this.#showRow();
  }

  get hasFocus() {
    return this.element.matches(':focus-within');
  }

  focus() {
    this.element.querySelector('button')?.focus();
  }

  #showRow() {
    const { name, label, date, current, rename, delete: deletes } = this.#options;
    const { id, status } = this.#thread;
    const about = [date, status && STATES[status.type]].filter(Boolean).join(' · ');
    const open = h(
      'button',
      {
        type: 'button',
        class: 'open',
        'aria-current': current ? 'true' : null,
        onclick: () => this.#actions.open(id),
      },
      h('span', { class: 'name' }, name),
      about && h('span', { class: 'aside' }, about),
    );
    this.element.replaceChildren(
      open,
      ...(rename ? [iconButton(`Rename ${label}`, icon('pencil'), () => this.#askName())] : []),
      ...(deletes ? [iconButton(`Delete ${label}`, icon('trash'), () => this.#askDelete())] : []),
    );
  }

  #askName() {
    const input = h('input', {
      value: this.#thread.title ?? '',
      maxlength: MAX_TITLE_LENGTH,
      required: true,
      'aria-label': 'Chat name',
    });
    const save = h('button', { class: 'button primary' }, 'Save');
    const rename = () => this.#actions.rename(this.#thread.id, input.value.trim());
    this.#showForm([input], save, () => (input.value.trim() ? rename() : Promise.resolve()));
    input.focus();
    input.select();
  }

  #askDelete() {
    const question = h('p', {}, `Delete “${this.#options.name}” permanently?`);
    const yes = h('button', { class: 'button danger' }, 'Delete');
    this.#showForm([question], yes, () => this.#actions.delete(this.#thread.id)).focus();
  }

  /**
   * Replace the row with a form until the user answers or presses Escape.
   *
   * @param {Node[]} content
   * @param {HTMLButtonElement} yes
   * @param {() => Promise<void>} answer
   * @returns {HTMLButtonElement} the cancel button
   */
  #showForm(content, yes, answer) {
    const back = () => {
      this.#showRow();
      this.focus();
    };
    const cancel = h('button', { type: 'button', class: 'button', onclick: back }, 'Cancel');
    const failed = h('p', { class: 'failed', role: 'alert' });
    const form = h(
      'form',
      { class: 'question' },
      ...content,
      h('div', { class: 'row' }, yes, cancel),
      failed,
    );
    let submitting = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      // Disabling the button would remove its focus.
      if (submitting) return;
      submitting = true;
      await answer().catch((error) => failed.replaceChildren(String(error.message)));
      submitting = false;
    });
    form.addEventListener('keydown', (event) => {
      if (!isEscape(event)) return;
      event.stopPropagation();
      back();
    });
    this.element.replaceChildren(form);
    return cancel;
  }
}
