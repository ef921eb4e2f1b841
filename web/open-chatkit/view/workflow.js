import { fill, h } from './dom.js';
import { stateIcon, taskNodes } from './task.js';

/**
 * @typedef {import('../types').Task} Task
 * @typedef {import('../types').Workflow} Workflow
 */

/** The assistant's steps toward an answer: expanded while they run, collapsed afterwards. */
export class WorkflowView {
  element = h('article', { class: 'workflow', 'aria-label': 'Steps' });
  #title = h('summary');
  #tasks = h('ol');
  #details = h('details', {}, this.#title, this.#tasks);
  /** @type {boolean | null} */
  #unfinished = null;

  constructor() {
    this.element.append(this.#details);
  }

  /**
   * @param {{workflow: Workflow}} item
   * @param {boolean} unfinished
   */
  update({ workflow }, unfinished) {
    fill(this.#title, [
      stateIcon(unfinished ? 'loading' : 'complete'),
      titleOf(workflow, unfinished),
    ]);
    fill(
      this.#tasks,
      workflow.tasks.map((task) => h('li', {}, ...taskNodes(task, unfinished))),
    );
    // Set it only when the state changes: in between, the reader expands and collapses it.
    if (unfinished !== this.#unfinished) this.#details.open = unfinished || !!workflow.expanded;
    this.#unfinished = unfinished;
  }
}

/** A single step outside a workflow. */
export class TaskView {
  element = h('article', { class: 'workflow', 'aria-label': 'Step' });

  /**
   * @param {{task: Task}} item
   * @param {boolean} unfinished
   */
  update({ task }, unfinished) {
    fill(this.element, taskNodes(task, unfinished));
  }
}

/**
 * @param {Workflow} workflow
 * @param {boolean} unfinished
 */
function titleOf({ type, summary, tasks }, unfinished) {
  if (summary?.title) return summary.title;
  const thinking = type === 'reasoning';
  if (unfinished) return thinking ? 'Thinking…' : 'Working…';
  const steps = tasks.length === 1 ? '1 step' : `${tasks.length} steps`;
  if (summary?.duration === undefined) return thinking ? 'Thought about it' : steps;
  const time = summary.duration === 1 ? 'a second' : `${summary.duration} seconds`;
  return thinking ? `Thought for ${time}` : `${steps} in ${time}`;
}
