import { ChatError } from '../../protocol/chat-error.js';
import { partsOf } from '../../state/widget-tree.js';
import { fill, h } from '../../view/dom.js';
import { render } from './components.js';
import { copyControl } from './copy.js';
import { withValues } from './form-values.js';

/**
 * @typedef {import('../../types').WidgetNode} WidgetNode
 * @typedef {import('../../types').WidgetItem} WidgetItem
 * @typedef {import('../../types').Action} Action
 * @typedef {(action: Action, item: {id: string, widget: WidgetNode}) => Promise<void>} Act
 *   resolves when the action has ended
 * @typedef {import('./fields').Field} Field
 */

const BUSY = 'Another answer is still being written. Try again after it.';
const FAILED = 'This did not work. Please try again.';

// Ids of fields are unique in the chat.
let widgets = 0;

/** A widget: texts that may be growing, lists, buttons and forms. */
export class WidgetView {
  #element;
  #act;
  #error = h('p', { class: 'failed', role: 'alert' });
  #prefix = `widget-${(widgets += 1)}`;
  /** @type {WidgetItem | null} */
  #item = null;
  #structure = '';
  /** @type {Map<string, (value: string) => void>} */
  #texts = new Map();
  /** @type {Field[]} */
  #fields = [];
  #running = false;

  /**
   * @param {HTMLElement} element
   * @param {Act} act
   */
  constructor(element, act) {
    this.#element = element;
    this.#act = act;
  }

  /** @param {WidgetItem} item */
  update(item) {
    this.#item = item;
    const structure = structureOf(item);
    // A text that only grows keeps the form's values, the focus and a selection.
    if (structure === this.#structure) return this.#showTexts(item.widget);
    this.#structure = structure;
    const before = this.#fields;
    const focused = before.find(({ element }) => element.matches(':focus-within'));
    this.#texts = new Map();
    this.#fields = [];
    const content = render(item.widget, this.#context(item.widget));
    keepValues(before, this.#fields);
    const copy = item.copy_text ? copyControl(item.copy_text) : null;
    fill(this.#element, [content, this.#error, copy]);
    this.#fields.find(({ name }) => name === focused?.name)?.focus();
    this.#showRunning();
  }

  /**
   * @param {WidgetNode} widget
   * @returns {import('./components').Context}
   */
  #context(widget) {
    return {
      press: (action, source) => void (this.#running || this.#run(action, source)),
      change: (action, source) => {
        if (this.#running) this.#error.textContent = BUSY;
        else void this.#run(action, source);
      },
      addText: (id, show) => void this.#texts.set(id, show),
      addField: (field) => void this.#fields.push(field),
      labeled: new Set(fieldNames(widget)),
      idOf: (name) => `${this.#prefix}-${name.replace(/[^\w.-]/g, '-')}`,
    };
  }

  /** @param {WidgetNode} node */
  #showTexts(node) {
    this.#texts.get(node.id ?? '')?.(String(node.value ?? ''));
    for (const part of partsOf(node)) this.#showTexts(part);
  }

  /**
   * @param {Action} action
   * @param {Element} source the button, field or form that the action comes from
   */
  async #run(action, source) {
    const item = this.#item;
    if (!item) return;
    const payload = withValues(action.payload, this.#valuesAround(source));
    this.#running = true;
    this.#error.textContent = '';
    this.#showRunning();
    try {
      await this.#act({ ...action, payload }, item);
    } catch (error) {
      const busy = error instanceof ChatError && error.code === 'busy';
      this.#error.textContent = busy ? BUSY : FAILED;
      // For the page's own error reporting: the page handles this action.
      if (!busy) throw error;
    } finally {
      this.#running = false;
      this.#showRunning();
    }
  }

  /**
   * Return the values of the form around an element, or of a field outside a form.
   *
   * @param {Element} source
   */
  #valuesAround(source) {
    const form = source.closest('form') ?? source;
    return this.#fields
      .filter(({ element, disabled }) => !disabled && form.contains(element))
      .map((field) => /** @type {const} */ ([field.name, field.value()]));
  }

  #showRunning() {
    this.#element.ariaBusy = this.#running ? 'true' : null;
    // Not disabled, so that a pressed button keeps the focus.
    for (const button of this.#element.querySelectorAll('.card-action')) {
      button.ariaDisabled = this.#running ? 'true' : null;
    }
  }
}

/**
 * Return everything of a widget but the texts that may grow.
 *
 * @param {WidgetItem} item
 */
function structureOf({ widget, copy_text }) {
  return JSON.stringify([widget, copy_text], (_, node) =>
    node?.id && isText(node) ? { ...node, value: '', streaming: false } : node,
  );
}

/** @param {WidgetNode} node */
function isText({ type, value, editable }) {
  return (type === 'Text' || type === 'Markdown') && typeof value === 'string' && !editable;
}

/**
 * Give the fields that are defined as before what the user entered.
 *
 * @param {Field[]} before
 * @param {Field[]} after
 */
function keepValues(before, after) {
  for (const field of after) {
    const same = before.find(({ definition }) => definition === field.definition);
    if (same) field.enter(same.value());
  }
}

/**
 * Return the names of the fields that have a label of their own.
 *
 * @param {WidgetNode} node
 * @returns {string[]}
 */
function fieldNames(node) {
  const own = node.type === 'Label' && node.fieldName ? [node.fieldName] : [];
  return [...own, ...partsOf(node).flatMap(fieldNames)];
}
