import { inlineNodes } from '../markdown/render.js';
import { h } from './dom.js';
import { icon } from './icons.js';

/**
 * @typedef {import('../types').Notice} Notice
 * @typedef {import('../types').Failure} Failure
 * @typedef {Record<Failure['steps'][number], () => void>} Steps
 */

/** The button label of each step. */
const LABELS = {
  retry: 'Try again',
  check: 'Check for the answer',
  reload: 'Reload',
  run: 'Continue',
};

/** @param {Notice} notice */
export function noticeNode({ level, title, message }) {
  const text = h(
    'div',
    {},
    title ? h('strong', {}, title) : null,
    h('p', {}, ...inlineNodes(message)),
  );
  const kind = { info: 'info', warning: 'warning', danger: 'danger' }[level] ?? 'info';
  return h('div', { class: `notice ${kind}`, role: 'status' }, icon('info'), text);
}

/**
 * @param {Failure} failure
 * @param {Steps} steps
 */
export function failureNode({ message, steps: offered }, steps) {
  const buttons = offered.map((step) =>
    h('button', { type: 'button', class: 'button', onclick: steps[step] }, LABELS[step]),
  );
  const text = h(
    'div',
    {},
    h('p', {}, message),
    buttons.length > 0 && h('div', { class: 'row' }, ...buttons),
  );
  return h('div', { class: 'notice danger', role: 'alert' }, icon('alert'), text);
}
