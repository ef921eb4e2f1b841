import { withNode } from './widget-tree.js';

/**
 * @typedef {import('../types').Item} Item
 * @typedef {import('../types').ItemUpdate} ItemUpdate
 * @typedef {import('../types').AssistantMessage} AssistantMessage
 * @typedef {import('../types').TextPart} TextPart
 */

/**
 * Return the item after one of the protocol's ten updates, or the same item if it does not apply.
 *
 * @param {Item} item
 * @param {ItemUpdate} update
 * @returns {Item}
 */
export function updatedItem(item, update) {
  if (item.type === 'assistant_message') return updatedMessage(item, update);
  if (item.type === 'workflow') {
    if (update.type !== 'workflow.task.added' && update.type !== 'workflow.task.updated')
      return item;
    const tasks = [...item.workflow.tasks];
    tasks[Math.min(update.task_index, tasks.length)] = update.task;
    return { ...item, workflow: { ...item.workflow, tasks } };
  }
  if (item.type === 'widget') return { ...item, widget: updatedWidget(item.widget, update) };
  if (item.type === 'generated_image' && update.type === 'generated_image.updated') {
    return { ...item, image: update.image, progress: update.progress };
  }
  return item;
}

/**
 * @param {AssistantMessage} item
 * @param {ItemUpdate} update
 * @returns {Item}
 */
function updatedMessage(item, update) {
  switch (update.type) {
    case 'assistant_message.content_part.added':
    case 'assistant_message.content_part.done':
      return withPart(item, update.content_index, () => update.content);
    case 'assistant_message.content_part.text_delta':
      return withPart(item, update.content_index, (part) => ({
        ...part,
        text: part.text + update.delta,
      }));
    case 'assistant_message.content_part.annotation_added':
      return withPart(item, update.content_index, (part) => ({
        ...part,
        annotations: part.annotations.toSpliced(update.annotation_index, 0, update.annotation),
      }));
    default:
      return item;
  }
}

/**
 * Return the item with one part changed. A delta may arrive before its part was added.
 *
 * @param {AssistantMessage} item
 * @param {number} index
 * @param {(part: TextPart) => TextPart} change
 * @returns {AssistantMessage}
 */
function withPart(item, index, change) {
  const content = [...item.content];
  const place = Math.min(index, content.length);
  content[place] = change(content[place] ?? { type: 'output_text', text: '', annotations: [] });
  return { ...item, content };
}

/**
 * @param {import('../types').WidgetNode} widget
 * @param {ItemUpdate} update
 */
function updatedWidget(widget, update) {
  switch (update.type) {
    case 'widget.root.updated':
      return update.widget;
    case 'widget.component.updated':
      return withNode(widget, update.component_id, () => update.component);
    case 'widget.streaming_text.value_delta':
      return withNode(widget, update.component_id, (node) => ({
        ...node,
        value: `${node.value ?? ''}${update.delta}`,
        streaming: !update.done,
      }));
    default:
      return widget;
  }
}
