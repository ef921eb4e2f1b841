import { markdown } from '../markdown/render.js';
import { partsOf } from '../state/widget-tree.js';
import { fill, h } from './dom.js';

/**
 * @typedef {import('../types').WidgetNode} WidgetNode
 * @typedef {import('../types').Action} Action
 * @typedef {(action: Action, item: {id: string, widget: WidgetNode}) => void} Act
 */

/** A simple widget: texts, lists and buttons. Unknown components are shown as text. */
export class WidgetView {
  element = h('article', { class: 'widget', 'aria-label': 'Card' });
  #act;
  /** @type {WidgetNode | null} */
  #shown = null;

  /** @param {Act} act */
  constructor(act) {
    this.#act = act;
  }

  /** @param {{id: string, widget: WidgetNode}} item */
  update({ id, widget }) {
    if (widget === this.#shown) return;
    this.#shown = widget;
    const act = (/** @type {Action} */ action) => this.#act(action, { id, widget });
    fill(this.element, [render(widget, act)]);
  }
}

/**
 * @param {WidgetNode} node
 * @param {(action: Action) => void} act
 * @returns {Node}
 */
function render(node, act) {
  const renderer = Object.hasOwn(RENDERERS, node.type) && RENDERERS[node.type];
  return renderer ? renderer(node, act) : box(node, act);
}

/** @type {Record<string, (node: WidgetNode, act: (action: Action) => void) => Node>} */
const RENDERERS = {
  Card: (node, act) => {
    const steps = [node.confirm, node.cancel].filter((each) => !!each);
    const buttons = steps.map(({ label, action }, index) =>
      button(label, action, act, index === 0),
    );
    const foot = buttons.length > 0 && h('div', { class: 'row' }, ...buttons);
    return h('div', { class: 'card' }, status(node), ...parts(node, act), foot);
  },
  ListView: (node, act) => {
    const items = partsOf(node).map((part) => h('li', {}, render(part, act)));
    return h('div', {}, status(node), h('ul', { class: 'list' }, ...items));
  },
  ListViewItem: (node, act) => {
    const { onClickAction: action } = node;
    if (!action) return h('div', { class: 'row' }, ...parts(node, act));
    // The item may contain buttons, so its own button goes beside them, not around them.
    return h('div', { class: 'row' }, ...parts(node, act), button('Choose', action, act));
  },
  Text: (node) => {
    const strong = node.weight === 'semibold' || node.weight === 'bold';
    const kinds = [node.lineThrough && 'done', strong && 'strong'].filter(Boolean);
    return h('p', { class: kinds.join(' ') || null }, textOf(node));
  },
  Title: (node) => h('h3', {}, textOf(node)),
  Caption: (node) => h('p', { class: 'aside' }, textOf(node)),
  Label: (node) => h('p', { class: 'aside' }, textOf(node)),
  Markdown: (node) => markdown(textOf(node)),
  Badge: (node) =>
    h('span', { class: 'badge', 'data-color': String(node.color ?? '') }, textOf(node)),
  Button: (node, act) =>
    node.onClickAction
      ? button(textOf(node), node.onClickAction, act, node.style === 'primary', node.disabled)
      : h('span', {}, textOf(node)),
  Row: (node, act) => h('div', { class: 'row' }, ...parts(node, act)),
  Divider: () => h('hr'),
  Spacer: () => h('span', { class: 'spacer' }),
  Icon: () => h('span'),
  Image: (node) => h('span', { class: 'aside' }, textOf(node)),
};

/**
 * @param {WidgetNode} node
 * @param {(action: Action) => void} act
 */
function box(node, act) {
  return h('div', {}, textOf(node), ...parts(node, act));
}

/**
 * @param {WidgetNode} node
 * @param {(action: Action) => void} act
 */
function parts(node, act) {
  return partsOf(node).map((part) => render(part, act));
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
 * @param {Action} action
 * @param {(action: Action) => void} act
 * @param {boolean} [primary]
 * @param {boolean} [disabled]
 */
function button(label, action, act, primary = false, disabled = false) {
  const style = primary ? 'button primary' : 'button';
  const onclick = () => act(action);
  return h('button', { type: 'button', class: style, disabled, onclick }, label || action.type);
}
