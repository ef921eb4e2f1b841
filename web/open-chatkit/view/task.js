import { inlineNodes, markdown } from '../markdown/render.js';
import { h, visuallyHidden } from './dom.js';
import { icon } from './icons.js';
import { sourceNode } from './sources.js';

/** @typedef {import('../types').Task} Task */

const STATUS_TEXT = { none: '', loading: ' (in progress)', complete: ' (done)' };

/** The titles of tasks that have none of their own, while they run and afterwards. */
const TITLES = {
  web_search: ['Searching the web', 'Searched the web'],
  file: ['Reading files', 'Read files'],
  image: ['Creating an image', 'Created an image'],
  custom: ['Step', 'Step'],
  thought: ['Thinking', 'Thought'],
};

/**
 * Return a step of the assistant: its state, its title and what belongs to it.
 *
 * @param {Task} task
 * @param {boolean} unfinished whether its item is still being written
 */
export function taskNodes(task, unfinished) {
  // A finished item has no running steps, even if the last update said so.
  const status =
    !unfinished && task.status_indicator === 'loading' ? 'none' : task.status_indicator;
  const running = unfinished && status !== 'complete';
  const { title, content, queries = [], sources = [] } = task;
  const whole = !title && task.type === 'thought' && content;
  const searched = title && queries.length > 0 && `Searched for: ${queries.join(', ')}`;
  const name = titleOf(task, running);
  const said = visuallyHidden(STATUS_TEXT[status ?? 'none']);
  return [
    stateIcon(status),
    h(
      'div',
      { class: 'task' },
      whole ? said : h('span', { class: 'task-title' }, ...inlineNodes(name), said),
      content && (title || whole) ? markdown(content) : null,
      searched && h('p', { class: 'aside' }, searched),
      sources.length > 0 &&
        h('ul', { class: 'sources' }, ...sources.map((each) => h('li', {}, sourceNode(each)))),
    ),
  ];
}

/** @param {import('../types').TaskStatus | undefined} status */
export function stateIcon(status) {
  if (status === 'loading') return h('span', { class: 'spinner', 'aria-hidden': 'true' });
  return icon(status === 'complete' ? 'check' : 'dot');
}

/**
 * @param {Task} task
 * @param {boolean} running
 */
function titleOf({ type, title, title_query: query, queries, content }, running) {
  const words = query || queries?.join(', ');
  const search = words && `${running ? 'Searching' : 'Searched'} for ${words}`;
  return title || search || content || (TITLES[type] ?? TITLES.custom)[running ? 0 : 1];
}
