import { fill, h } from '../../view/dom.js';

/**
 * @typedef {import('@openai/chatkit').ModelOption} ModelOption
 * @typedef {import('@openai/chatkit').ToolOption} ToolOption
 */

/**
 * The choice of a model and a tool. The model stays chosen; a tool is for one message unless it is
 * persistent.
 */
export class ChoicesView {
  #emit;
  #changed;
  /** @type {ModelOption[]} */
  #models = [];
  /** @type {ToolOption[]} */
  #tools = [];
  #drawn = '';
  /** @type {string | null} */
  #tool = null;
  #modelMenu = h('select', { class: 'choice', 'aria-label': 'Model' });
  #toolMenu = h('select', { class: 'choice', 'aria-label': 'Tool' });
  /** @type {Map<string, HTMLButtonElement>} */
  #pinned = new Map();

  element = h('div', { class: 'choices' });

  /**
   * @param {import('../../types').Emit} emit
   * @param {() => void} changed
   */
  constructor(emit, changed) {
    this.#emit = emit;
    this.#changed = changed;
    this.#toolMenu.addEventListener('change', () => this.selectTool(this.#toolMenu.value || null));
  }

  /** The text box's placeholder for the chosen tool. */
  get placeholder() {
    return this.#tools.find(({ id }) => id === this.#tool)?.placeholderOverride;
  }

  /**
   * @param {ModelOption[]} models
   * @param {ToolOption[]} tools
   */
  update(models, tools) {
    const wanted = JSON.stringify([models, tools]);
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    const model = models.find(({ id }) => id === this.#modelMenu.value && this.#models.length > 0);
    this.#models = models;
    this.#tools = tools;
    this.#draw();
    const first = models.find((each) => each.default) ?? models.find((each) => !each.disabled);
    this.#modelMenu.value = (model ?? first)?.id ?? '';
    const stays = tools.some(({ id }) => id === this.#tool);
    this.selectTool(stays ? this.#tool : null);
  }

  #draw() {
    const inMenu = this.#tools.filter(({ pinned }) => !pinned);
    fill(this.#modelMenu, this.#models.map(modelOption));
    const none = h('option', { value: '' }, 'No tool');
    fill(this.#toolMenu, [none, ...inMenu.map(toolOption)]);
    const pinned = this.#tools.filter((each) => each.pinned);
    this.#pinned = new Map(pinned.map((tool) => [tool.id, this.#toggle(tool)]));
    fill(this.element, [
      ...this.#pinned.values(),
      inMenu.length > 0 && this.#toolMenu,
      this.#models.length > 0 && this.#modelMenu,
    ]);
  }

  /** @param {ToolOption} tool */
  #toggle({ id, label }) {
    const onclick = () => this.selectTool(this.#tool === id ? null : id);
    return h('button', { type: 'button', class: 'choice', onclick }, label);
  }

  /** @param {string} id */
  selectModel(id) {
    if (this.#models.some((each) => each.id === id && !each.disabled)) this.#modelMenu.value = id;
  }

  /** @param {string | null} id null for no tool; an unknown id changes nothing */
  selectTool(id) {
    if (id !== null && !this.#tools.some((each) => each.id === id)) return;
    const changes = id !== this.#tool;
    this.#tool = id;
    this.#toolMenu.value = id !== null && !this.#pinned.has(id) ? id : '';
    for (const [each, button] of this.#pinned) button.ariaPressed = String(each === id);
    this.#changed();
    if (changes) this.#emit('chatkit.tool.change', { toolId: id });
  }

  /** Return the choices for a message that is sent now. */
  take() {
    const tool = this.#tools.find(({ id }) => id === this.#tool);
    if (tool && !tool.persistent) this.selectTool(null);
    return { model: this.#modelMenu.value, tool: tool?.id ?? null };
  }

  /** @param {string | null} tool chosen again unless another is by now */
  restore(tool) {
    if (this.#tool === null) this.selectTool(tool);
  }
}

/** @param {ModelOption} model */
function modelOption({ id, label, description, disabled }) {
  return h('option', { value: id, title: description, disabled }, label);
}

/** @param {ToolOption} tool */
function toolOption({ id, label }) {
  return h('option', { value: id }, label);
}
