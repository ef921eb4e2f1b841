import { MarkdownView } from '../../markdown/render.js';
import { partsOf } from '../../state/widget-tree.js';
import { h } from '../../view/dom.js';
import { fieldIn, isField, labelFor } from './fields.js';

/**
 * @typedef {import('../../types').WidgetNode} WidgetNode
 * @typedef {import('../../types').Action} Action
 * @typedef {(action: Action, source: Element) => void} Run
 * @typedef {object} Context what the components of a widget share
 * @property {Run} press runs the action of a button or a form
 * @property {Run} change runs the action of a field whose value has changed
 * @property {(id: string, show: (value: string) => void) => void} addText adds a text that may grow
 * @property {(field: import('./fields').Field) => void} addField
 * @property {Set<string>} labeled names of the fields that have a label of their own
 * @property {(name: string) => string} idOf the id of the field with this name
 */

/**
 * Render a component. An unknown one is shown as its text and its parts.
 *
 * @param {WidgetNode} node
 * @param {Context} context
 * @returns {Node}
 */
export function render(node, context) {
  if (isField(node)) return fieldIn(node, context);
  const renderer = Object.hasOwn(RENDERERS, node.type) && RENDERERS[node.type];
  return renderer ? renderer(node, context) : box(node, context);
}

/** @type {Record<string, (node: WidgetNode, context: Context) => Node>} */
const RENDERERS = {
  Card: (node, context) => {
    const { confirm, cancel, asForm } = node;
    const foot = h(
      'div',
      { class: 'row' },
      confirm && button(confirm.label, asForm ? 'submit' : confirm.action, context, true),
      cancel && button(cancel.label, cancel.action, context),
    );
    const content = [status(node), ...parts(node, context), (confirm || cancel) && foot];
    if (!asForm) return h('div', { class: 'card' }, ...content);
    return form(confirm?.action, 'card', content, context);
  },
  Form: (node, context) => form(node.onSubmitAction, 'form', parts(node, context), context),
  ListView: (node, context) => {
    const items = partsOf(node).map((part) => h('li', {}, render(part, context)));
    return h('div', {}, status(node), h('ul', { class: 'list' }, ...items));
  },
  ListViewItem: (node, context) => {
    const { onClickAction: action } = node;
    if (!action) return h('div', { class: 'row' }, ...parts(node, context));
    // The item may contain buttons, so its own button goes beside them, not around them.
    return h('div', { class: 'row' }, ...parts(node, context), button('Choose', action, context));
  },
  Text: (node, context) => {
    const strong = node.weight === 'semibold' || node.weight === 'bold';
    const kinds = [node.lineThrough && 'done', strong && 'strong'].filter(Boolean);
    const text = document.createTextNode(textOf(node));
    const show = (/** @type {string} */ value) => {
      // The same text again would end a selection in it.
      if (value !== text.data) text.data = value;
    };
    if (node.id) context.addText(node.id, show);
    return h('p', { class: kinds.join(' ') || null }, text);
  },
  Title: (node) => h('h3', {}, textOf(node)),
  Caption: (node) => h('p', { class: 'aside' }, textOf(node)),
  Label: (node, context) => labelFor(node, context),
  Markdown: (node, context) => {
    const view = new MarkdownView();
    view.update(textOf(node));
    if (node.id) context.addText(node.id, (value) => view.update(value));
    return view.element;
  },
  Badge: (node) =>
    h('span', { class: 'badge', 'data-color': String(node.color ?? '') }, textOf(node)),
  Button: (node, context) => {
    const action = node.submit ? 'submit' : node.onClickAction;
    if (!action) return h('span', {}, textOf(node));
    return button(textOf(node), action, context, node.style === 'primary', node.disabled);
  },
  Row: (node, context) => h('div', { class: 'row' }, ...parts(node, context)),
  Divider: () => h('hr'),
  Spacer: () => h('span', { class: 'spacer' }),
  Icon: () => h('span'),
  Image: (node) => h('span', { class: 'aside' }, textOf(node)),
};

/**
 * Return a form. The browser checks its fields before it runs the action.
 *
 * @param {Action | undefined} action
 * @param {string} style
 * @param {import('../../view/dom').Child[]} children
 * @param {Context} context
 */
function form(action, style, children, { press }) {
  const onsubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (action) press(action, /** @type {Element} */ (event.currentTarget));
  };
  return h('form', { class: style, onsubmit }, ...children);
}

/**
 * @param {WidgetNode} node
 * @param {Context} context
 */
function box(node, context) {
  return h('div', {}, textOf(node), ...parts(node, context));
}

/**
 * @param {WidgetNode} node
 * @param {Context} context
 */
function parts(node, context) {
  return partsOf(node).map((part) => render(part, context));
}

/** @param {WidgetNode} node */
function status({ status }) {
  return status?.text ? h('p', { class: 'aside' }, status.text) : null;
}

/** @param {WidgetNode} node */
function textOf({ value, label, title, text, alt }) {
  const content = [value, label, title, text, alt].find((each) => typeof each === 'string');
  return typeof content === 'string' ? content : '';
}

/**
 * @param {string} label
 * @param {Action | 'submit'} action `'submit'` submits the form around the button
 * @param {Context} context
 * @param {boolean} [primary]
 * @param {boolean} [disabled]
 */
function button(label, action, { press }, primary = false, disabled = false) {
  const style = `button card-action${primary ? ' primary' : ''}`;
  if (action === 'submit') {
    return h('button', { type: 'submit', class: style, disabled }, label || 'Send');
  }
  const element = h('button', { type: 'button', class: style, disabled }, label || action.type);
  element.addEventListener('click', () => press(action, element));
  return element;
}
