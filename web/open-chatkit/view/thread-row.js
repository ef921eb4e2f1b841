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
 * @property {string} label the name, told apart from others like it
 * @property {string} date
 * @property {boolean} current whether it is the thread on the screen
 * @property {boolean} rename
 * @property {boolean} delete
 */

const LONGEST_TITLE = 200;

/** A thread in the history: opened by its name, renamed and deleted in its place. */
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
    this.#rest();
  }

  get hasFocus() {
    return this.element.matches(':focus-within');
  }

  focus() {
    this.element.querySelector('button')?.focus();
  }

  #rest() {
    const { name, label, date, current, rename, delete: deletes } = this.#options;
    const { id } = this.#thread;
    const open = h(
      'button',
      {
        type: 'button',
        class: 'open',
        'aria-current': current ? 'true' : null,
        onclick: () => this.#actions.open(id),
      },
      h('span', { class: 'name' }, name),
      date && h('span', { class: 'aside' }, date),
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
      maxlength: LONGEST_TITLE,
      required: true,
      'aria-label': 'Name of the chat',
    });
    const save = h('button', { class: 'button primary' }, 'Save');
    const rename = () => this.#actions.rename(this.#thread.id, input.value.trim());
    this.#ask([input], save, () => (input.value.trim() ? rename() : Promise.resolve()));
    input.focus();
    input.select();
  }

  #askDelete() {
    const question = h('p', {}, `Delete “${this.#options.name}” for good?`);
    const yes = h('button', { class: 'button danger' }, 'Delete');
    this.#ask([question], yes, () => this.#actions.delete(this.#thread.id)).focus();
  }

  /**
   * Puts a question in the row's place, until it is answered or Escape is pressed.
   *
   * @param {Node[]} content
   * @param {HTMLButtonElement} yes
   * @param {() => Promise<void>} answer
   * @returns {HTMLButtonElement} the button that leaves all as it is
   */
  #ask(content, yes, answer) {
    const back = () => {
      this.#rest();
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
    let asked = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      // Not disabled meanwhile, which would take the focus from the button.
      if (asked) return;
      asked = true;
      await answer().catch((error) => failed.replaceChildren(String(error.message)));
      asked = false;
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
