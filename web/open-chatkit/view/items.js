import { FeedbackView } from './feedback.js';
import { LazyView } from './lazy.js';
import { LineView, toolCallLine } from './lines.js';
import { AssistantMessageView, UserMessageView } from './message.js';
import { TaskView, WorkflowView } from './workflow.js';

/**
 * @typedef {object} ItemView
 * @property {HTMLElement} element
 * @property {(item: any, unfinished: boolean) => void} update takes items of the view's own type
 * @property {() => void} [focus] moves the focus to an item that waits for the person
 *
 * @typedef {object} ItemActions
 * @property {import('../rich/items/widget').Act} act what a widget's buttons do
 * @property {import('../rich/items/question').Submit} submit
 * @property {import('./feedback').Rate} rate
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
export function viewFor(type, actions) {
  switch (type) {
    case 'user_message':
      return new UserMessageView(actions.entities);
    case 'assistant_message':
      return new AssistantMessageView();
    case 'workflow':
      return new WorkflowView();
    case 'task':
      return new TaskView();
    case 'client_tool_call':
      return new LineView(toolCallLine);
    case 'widget':
    case 'generated_image':
    case 'structured_input':
      return new LazyView(type, actions);
    case 'end_of_turn':
      return new FeedbackView(actions.rate);
    default:
      return null;
  }
}
