import { ImageView } from './image.js';
import { QuestionView } from './question.js';
import { WidgetView } from './widget.js';

/**
 * Return what fills the element of an item.
 *
 * @param {import('../../view/lazy').LazyType} type
 * @param {HTMLElement} element
 * @param {import('../../view/items').ItemActions} actions
 * @returns {import('../../view/lazy').Content}
 */
export function contentOf(type, element, { act, submit, focusComposer, steps }) {
  switch (type) {
    case 'widget':
      return new WidgetView(element, act);
    case 'generated_image':
      return new ImageView(element, steps.reload);
    case 'structured_input':
      return new QuestionView(element, submit, focusComposer);
  }
}
