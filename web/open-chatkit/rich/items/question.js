import { fill, h, visuallyHidden } from '../../view/dom.js';
import { detailsOf, summaryOf, visible } from '../../view/question-text.js';
import { QuestionForm } from './question-form.js';

/**
 * @typedef {import('../../types').Question} Question
 * @typedef {import('../../types').QuestionItem} QuestionItem
 * @typedef {(question: string, answers: import('../../types').Submission) => Promise<void>} Submit
 *   throws if the server did not accept the answers
 */

/** Questions to the person: a form while they are open, then what was answered. */
export class QuestionView {
  #element;
  #submit;
  #closed;
  #shown = '';
  /** @type {QuestionForm | null} */
  #form = null;

  /**
   * @param {HTMLElement} element
   * @param {Submit} submit
   * @param {() => void} closed called if the form closes while it has the focus
   */
  constructor(element, submit, closed) {
    this.#element = element;
    this.#submit = submit;
    this.#closed = closed;
  }

  /** @param {QuestionItem} item */
  update({ id, status, inputs }) {
    // What was typed stays when the thread is loaded again.
    const wanted = JSON.stringify([status, inputs]);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    const focused = this.#element.matches(':focus-within');
    const pending = status === 'pending';
    this.#form = pending ? new QuestionForm(inputs, (answers) => this.#submit(id, answers)) : null;
    this.#element.ariaLabel = inputs.length > 1 ? 'Questions' : 'Question';
    fill(this.#element, this.#form ? [this.#form.element] : inputs.map(answered));
    if (focused && !pending) this.#closed();
  }

  /** Move the focus to the form, but to none of its controls: a key that is pressed does nothing. */
  focus() {
    this.#form?.element.focus();
  }
}

/** @param {Question} question */
function answered(question) {
  const values = question.answer?.values ?? [];
  return h(
    'div',
    {},
    h('p', { class: 'ask' }, summaryOf(question)),
    detailsOf(question),
    h(
      'p',
      { class: values.length > 0 ? 'reply' : 'reply aside' },
      visuallyHidden('Answer: '),
      values.map(visible).join(', ') || 'Skipped',
    ),
  );
}
