import { h } from '../../view/dom.js';

/**
 * The fields of a widget's form, as native controls. No field takes the focus when it appears,
 * even if the widget asks for it: the user may be writing a message.
 *
 * @typedef {import('../../types').WidgetNode} WidgetNode
 * @typedef {import('./components').Context} Context
 * @typedef {import('./form-values').Value} Value
 * @typedef {object} Field
 * @property {string} name
 * @property {string} definition of the component as JSON
 * @property {boolean} disabled its value is not sent
 * @property {HTMLElement} element
 * @property {() => Value} value
 * @property {(value: Value) => void} enter
 * @property {() => void} focus
 * @typedef {Pick<Field, 'value' | 'enter' | 'focus'> & {element: HTMLElement}} Control
 */

const TYPES = ['number', 'email', 'text', 'password', 'tel', 'url'];

/** @type {Record<string, (node: WidgetNode, context: Context) => Control>} */
const CONTROLS = {
  Input: (node, context) => {
    const type = TYPES.find((each) => each === node.inputType) ?? 'text';
    const { pattern } = node;
    const input = h('input', { type, class: 'text', pattern, ...common(node, context) });
    // A number is left out while it is empty: an empty text is none.
    return textControl(input, node, type === 'number');
  },
  Textarea: (node, context) => {
    const rows = Number(node.rows) || 3;
    return textControl(h('textarea', { rows, class: 'text', ...common(node, context) }), node);
  },
  DatePicker: (node, context) => {
    const limits = { min: dayOf(node.min), max: dayOf(node.max) };
    const input = h('input', { type: 'date', class: 'text', ...limits, ...common(node, context) });
    const control = textControl(input, { ...node, defaultValue: dayOf(node.defaultValue) }, true);
    if (context.labeled.has(node.name ?? '')) return control;
    // A browser shows no placeholder in a date field.
    return { ...control, element: h('label', { class: 'field' }, nameOf(node), input) };
  },
  Select: (node, context) => {
    const none = h('option', { value: '' }, node.placeholder ?? 'Choose…');
    const options = optionsOf(node).map(({ value, label, disabled }) =>
      h('option', { value, disabled: !!disabled }, label),
    );
    const select = h('select', { class: 'text', ...common(node, context) }, none, ...options);
    return textControl(select, node, true);
  },
  Checkbox: (node, context) => {
    const { label, name = '' } = node;
    const labeled = !!label || context.labeled.has(name);
    const input = h('input', { type: 'checkbox', ...common(node, context, labeled) });
    input.checked = node.defaultChecked === true;
    return {
      element: h('label', { class: 'option' }, input, typeof label === 'string' ? label : null),
      value: () => input.checked,
      enter: (value) => (input.checked = value === true),
      focus: () => input.focus(),
    };
  },
  RadioGroup: radioGroup,
};

/** @param {WidgetNode} node */
export function isField(node) {
  return typeof definitionOf(node)?.name === 'string';
}

/**
 * Render a field and add it to its widget.
 *
 * @param {WidgetNode} node
 * @param {Context} context
 * @returns {Node}
 */
export function fieldIn(node, context) {
  const own = definitionOf(node) ?? node;
  const control = CONTROLS[own.type](own, context);
  const { element } = control;
  const { onChangeAction: action } = own;
  if (action) element.addEventListener('change', () => context.change(action, element));
  const definition = JSON.stringify(own);
  context.addField({ ...control, name: String(own.name), definition, disabled: !!own.disabled });
  return element;
}

/**
 * Render a field's label. Clicking it focuses the field.
 *
 * @param {WidgetNode} node
 * @param {Context} context
 */
export function labelFor({ value, fieldName }, { idOf }) {
  const id = idOf(fieldName ?? '');
  return h('label', { class: 'ask', id: `${id}-label`, for: id }, String(value ?? ''));
}

/**
 * Return a field's component, or that of a text that can be edited, else null.
 *
 * @param {WidgetNode} node
 * @returns {WidgetNode | null}
 */
function definitionOf(node) {
  if (Object.hasOwn(CONTROLS, node.type)) return node;
  const { type, editable, value, minLines: rows } = node;
  if (type !== 'Text' || !editable) return null;
  return { ...editable, type: rows ? 'Textarea' : 'Input', rows, defaultValue: value };
}

/**
 * Return a radio group, with one tab stop as browsers have it.
 *
 * @param {WidgetNode} node
 * @param {Context} context
 * @returns {Control}
 */
function radioGroup(node, { idOf, labeled }) {
  const name = idOf(node.name ?? '');
  const boxes = optionsOf(node).map((option) => {
    const disabled = !!(node.disabled || option.disabled);
    const box = h('input', { type: 'radio', name, disabled, required: !!node.required });
    box.checked = option.value === node.defaultValue;
    return { ...option, box };
  });
  const named = labeled.has(node.name ?? '');
  const label = named ? { 'aria-labelledby': `${name}-label` } : { 'aria-label': nameOf(node) };
  const element = h(
    'fieldset',
    { class: 'field', role: 'radiogroup', ...label },
    ...boxes.map(({ label, box }) => h('label', { class: 'option' }, box, label)),
  );
  return {
    element,
    value: () => boxes.find(({ box }) => box.checked)?.value,
    enter: (value) => boxes.forEach((each) => (each.box.checked = each.value === value)),
    focus: () => (boxes.find(({ box }) => box.checked) ?? boxes[0])?.box.focus(),
  };
}

/**
 * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} element
 * @param {WidgetNode} node
 * @param {boolean} [optional] an empty value is left out
 * @returns {Control}
 */
function textControl(element, { defaultValue }, optional = false) {
  element.value = typeof defaultValue === 'string' ? defaultValue : '';
  return {
    element,
    value: () => (optional && element.value === '' ? undefined : element.value),
    enter: (value) => (element.value = String(value ?? '')),
    focus: () => element.focus(),
  };
}

/**
 * @param {WidgetNode} node
 * @param {Context} context
 * @param {boolean} [labeled] the control is inside its label
 */
function common(node, context, labeled = context.labeled.has(node.name ?? '')) {
  return {
    id: context.idOf(node.name ?? ''),
    required: !!node.required,
    disabled: !!node.disabled,
    placeholder: node.type === 'Select' ? null : node.placeholder,
    'aria-label': labeled ? null : nameOf(node),
  };
}

/** @param {WidgetNode} node */
function nameOf({ ariaLabel, placeholder, name }) {
  return ariaLabel || placeholder || name;
}

/** @param {WidgetNode} node */
function optionsOf({ options }) {
  return Array.isArray(options) ? options : [];
}

/**
 * Return the day of an ISO date or time: a date field has no time.
 *
 * @param {unknown} date
 */
function dayOf(date) {
  const [day = ''] = /^\d{4}-\d{2}-\d{2}/.exec(String(date)) ?? [];
  return day;
}
