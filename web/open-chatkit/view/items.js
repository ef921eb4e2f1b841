import { FeedbackView } from './feedback.js';
import { LineView, imageLine, toolCallLine } from './lines.js';
import { AssistantMessageView, UserMessageView } from './message.js';
import { QuestionView } from './question.js';
import { WidgetView } from './widget.js';
import { TaskView, WorkflowView } from './workflow.js';

/**
 * @typedef {object} ItemView
 * @property {HTMLElement} element
 * @property {(item: any, unfinished: boolean) => void} update takes items of the view's own type
 * @property {() => void} [focus] moves the focus to an item that waits for the person
 *
 * @typedef {object} ItemActions
 * @property {import('./widget').Act} act what a widget's buttons do
 * @property {import('./question').Submit} submit
 * @property {import('./feedback').Rate} rate
 * @property {() => void} focusComposer
 */

/**
 * Return a view for items of this type, or null for types that are not shown.
 *
 * @param {import('../types').Item['type']} type
 * @param {ItemActions} actions
 * @returns {ItemView | null}
 */
export function viewFor(type, { act, submit, rate, focusComposer }) {
  switch (type) {
    case 'user_message':
      return new UserMessageView();
    case 'assistant_message':
      return new AssistantMessageView();
    case 'workflow':
      return new WorkflowView();
    case 'task':
      return new TaskView();
    case 'widget':
      return new WidgetView(act);
    case 'client_tool_call':
      return new LineView(toolCallLine);
    case 'generated_image':
      return new LineView(imageLine);
    case 'structured_input':
      return new QuestionView(submit, focusComposer);
    case 'end_of_turn':
      return new FeedbackView(rate);
    default:
      return null;
  }
}
