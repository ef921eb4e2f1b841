import { h } from './dom.js';
import { LazyView } from './lazy.js';
import { LineView, toolCallLine } from './lines.js';
import { AssistantMessageView, UserMessageView } from './message.js';
import { QuestionView } from './question.js';
import { TaskView, WorkflowView } from './workflow.js';

/**
 * @typedef {object} ItemContent
 * @property {(item: any, unfinished: boolean) => void} update takes items of the view's own type
 *
 * @typedef {object} OwnElement
 * @property {HTMLElement} element
 * @property {() => void} [focus] moves the focus to an item that waits for the person
 * @typedef {ItemContent & OwnElement} ItemView
 *
 * @typedef {object} ItemActions
 * @property {import('../rich/widget').Act} act what a widget's buttons do
 * @property {import('./question').Submit} submit
 * @property {() => void} focusComposer
 * @property {() => import('../types').Options['entities']} entities
 * @property {{reload: () => void}} steps
 */

/**
 * Return a view for items of this type, or null for types that are not shown.
 *
 * @param {import('../types').Item['type']} type
 * @param {ItemActions} actions
 * @returns {ItemView | null}
 */
export function viewFor(type, { act, submit, focusComposer, entities, steps }) {
  switch (type) {
    case 'user_message':
      return new UserMessageView(entities);
    case 'assistant_message':
      return new AssistantMessageView();
    case 'workflow':
      return new WorkflowView();
    case 'task':
      return new TaskView();
    case 'widget':
      return new LazyView(h('article', { class: 'widget', 'aria-label': 'Card' }), widgetView(act));
    case 'client_tool_call':
      return new LineView(toolCallLine);
    case 'generated_image':
      return new LazyView(h('article', { class: 'image', 'aria-label': 'Image' }), imageView(steps));
    case 'structured_input':
      return new QuestionView(submit, focusComposer);
    default:
      return null;
  }
}

/**
 * @param {ItemActions['act']} act
 * @returns {(element: HTMLElement) => Promise<ItemContent>}
 */
function widgetView(act) {
  return async (element) => new (await import('../rich/widget.js')).WidgetView(element, act);
}

/**
 * @param {ItemActions['steps']} steps
 * @returns {(element: HTMLElement) => Promise<ItemContent>}
 */
function imageView({ reload }) {
  return async (element) => new (await import('../rich/image.js')).ImageView(element, reload);
}
