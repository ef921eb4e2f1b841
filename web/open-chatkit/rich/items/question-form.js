import { ChatError } from '../../protocol/chat-error.js';
import { h } from '../../view/dom.js';
import { nameOf } from '../../view/question-text.js';
import { fieldFor } from './question-fields.js';

/**
 * @typedef {import('../../types').Question} Question
 * @typedef {import('../../types').Submission} Submission
 */

const EMPTY = 'Choose or write an answer, or skip.';
const BUSY = 'Another answer is still being written. Try again after it.';

/** A form with a field for each question. */
export class QuestionForm {
  #fields;
  #submit;
  #error = h('p', { class: 'failed', role: 'alert' });
  #send = h('button', { type: 'submit', class: 'button primary' });
  #skip = h('button', { type: 'button', class: 'button' }, 'Skip');
  #sending = false;

  element;

  /**
   * @param {Question[]} questions
   * @param {(answers: Submission) => Promise<void>} submit throws if the server did not accept them
   */
  constructor(questions, submit) {
    this.#submit = submit;
    this.#fields = questions.map(fieldFor);
    this.#send.textContent = questions.length > 1 ? 'Send answers' : 'Send answer';
    this.#skip.addEventListener('click', () => this.#give({ status: 'skipped', answers: {} }));
    const hint = h('p', { class: 'aside' }, 'If you write a message instead, this is skipped.');
    this.element = h(
      'form',
      {
        class: 'question-form',
        tabindex: -1,
        'aria-label': nameOf(questions),
        onsubmit: (/** @type {SubmitEvent} */ event) => this.#answer(event),
      },
      ...this.#fields.map((field) => field.element),
      this.#error,
      h('div', { class: 'row' }, this.#send, this.#skip, hint),
    );
  }

  /** @param {SubmitEvent} event */
  #answer(event) {
    event.preventDefault();
    const answers = this.#fields.map((field) => /** @type {const} */ ([field.id, field.answer()]));
    const empty = answers.every(([, { skipped }]) => skipped);
    this.#error.textContent = empty ? EMPTY : '';
    if (empty) this.#fields[0]?.focus();
    else void this.#give({ status: 'answered', answers: Object.fromEntries(answers) });
  }

  /** @param {Submission} submission */
  async #give(submission) {
    if (this.#sending) return;
    this.#error.textContent = '';
    this.#show(true);
    await this.#submit(submission).catch((error) => {
      // The thread shows any other failure, below this form.
      if (error instanceof ChatError && error.code === 'busy') this.#error.textContent = BUSY;
    });
    this.#show(false);
  }

  /** @param {boolean} sending */
  #show(sending) {
    this.#sending = sending;
    this.element.ariaBusy = String(sending);
    // Not disabled, so that the focus stays if the server refuses the answers.
    for (const button of [this.#send, this.#skip]) button.ariaDisabled = String(sending);
  }
}
