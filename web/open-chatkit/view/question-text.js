import { h } from './dom.js';

/** @typedef {import('../types').Question} Question */

/**
 * Make bidirectional control characters and other invisible ones visible: they can make a text look
 * like a different one. The two joiners stay, because some scripts and emoji need them.
 *
 * @param {string} text
 */
export function visible(text) {
  return text.replace(
    /(?![\u200c\u200d])\p{Cf}/gu,
    (control) => `\\u${control.codePointAt(0)?.toString(16).padStart(4, '0')}`,
  );
}

/**
 * Return the first line of a question.
 *
 * @param {Question} question
 */
export function summaryOf({ question }) {
  return visible(question).split('\n', 1)[0];
}

/**
 * Return the other lines of a question, for example the arguments of a call, in a box that scrolls.
 * Return null if there are none.
 *
 * @param {Question} question
 * @param {string} [id] that of the text in it
 */
export function detailsOf({ question }, id) {
  const lines = visible(question).split('\n').slice(1);
  if (lines.length === 0) return null;
  const attributes = { class: 'details', role: 'group', 'aria-label': 'Details', tabindex: 0 };
  // The box has a name of its own, so its content describes the question.
  return h('div', attributes, h('div', { id }, lines.join('\n')));
}

/**
 * Return what a screen reader says of questions when they arrive.
 *
 * @param {Question[]} questions
 */
export function nameOf(questions) {
  const asked = questions.map(summaryOf).join(' ');
  return questions.length > 1 ? `${questions.length} questions: ${asked}` : `Question: ${asked}`;
}
