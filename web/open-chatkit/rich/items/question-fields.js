import { h } from '../../view/dom.js';
import { detailsOf, summaryOf, visible } from '../../view/question-text.js';

/**
 * @typedef {import('../../types').Question} Question
 * @typedef {object} Field
 * @property {string} id that of the question
 * @property {HTMLElement} element
 * @property {() => {values: string[], skipped: boolean}} answer
 * @property {() => void} focus
 */

// Ids and names are unique in the chat.
let fields = 0;

/**
 * Return the field of a question: nothing is selected in it.
 *
 * @param {Question} question
 * @returns {Field}
 */
export function fieldFor(question) {
  const id = `question-${(fields += 1)}`;
  return question.options?.length ? choiceField(question, id) : textField(question, id);
}

/**
 * @param {Question} question
 * @param {string} id
 * @returns {Field}
 */
function textField(question, id) {
  const details = detailsOf(question, `${id}-details`);
  const { description } = question;
  const help = description && h('p', { class: 'aside', id: `${id}-help` }, visible(description));
  const described = [details && `${id}-details`, help && `${id}-help`].filter(Boolean);
  const text = h('textarea', {
    id,
    rows: 2,
    class: 'text',
    'aria-describedby': described.join(' ') || null,
  });
  return {
    id: question.id,
    element: h(
      'div',
      { class: 'field' },
      h('label', { for: id, class: 'ask' }, summaryOf(question)),
      details,
      help,
      text,
    ),
    answer: () => given(freeText(text)),
    focus: () => text.focus(),
  };
}

/**
 * @param {Question} question
 * @param {string} id
 * @returns {Field}
 */
function choiceField(question, id) {
  const details = detailsOf(question, `${id}-details`);
  const type = question.multiple ? 'checkbox' : 'radio';
  const box = () => h('input', { type, name: id });
  const options = (question.options ?? []).map(({ value }) => ({ value, box: box() }));
  const other = { text: h('input', { type: 'text', class: 'text' }), box: box() };
  other.text.ariaLabel = 'Other answer';
  other.text.autocomplete = 'off';
  other.text.addEventListener('input', () => (other.box.checked = other.text.value !== ''));
  const boxes = [...options.map((option) => option.box), other.box];
  return {
    id: question.id,
    element: h(
      'fieldset',
      { class: 'field', 'aria-describedby': details && `${id}-details` },
      h('legend', { class: 'ask' }, summaryOf(question)),
      details,
      question.multiple ? h('p', { class: 'aside' }, 'Choose any number.') : null,
      ...options.map((each) => h('label', { class: 'option' }, each.box, visible(each.value))),
      h('div', { class: 'option' }, h('label', {}, other.box, 'Other'), other.text),
    ),
    answer: () => {
      const chosen = options.filter((option) => option.box.checked).map((option) => option.value);
      return given([...chosen, ...(other.box.checked ? freeText(other.text) : [])]);
    },
    focus: () => boxes[0].focus(),
  };
}

/** @param {HTMLInputElement | HTMLTextAreaElement} box */
function freeText({ value }) {
  const text = value.trim();
  return text === '' ? [] : [text];
}

/** @param {string[]} values */
function given(values) {
  return { values, skipped: values.length === 0 };
}
