import { fill, h } from '../../view/dom.js';
import { isComposed } from '../../view/keys.js';

/** @typedef {import('@openai/chatkit').Entity} Entity */

/**
 * The menu of entities above the text box. The focus stays in the text box, which names the active
 * option (the combobox pattern of the ARIA Authoring Practices).
 */
export class EntityMenu {
  #text;
  #choose;
  /** @type {HTMLElement[]} */
  #options = [];
  /** @type {Entity[]} */
  #entities = [];
  #active = 0;
  #list = h('div', { id: 'entities', role: 'listbox', 'aria-label': 'Suggestions', hidden: true });

  /**
   * @param {import('../../view/composer').ComposerView} composer
   * @param {(entity: Entity) => void} choose
   */
  constructor({ text, element }, choose) {
    this.#text = text;
    this.#choose = choose;
    element.prepend(this.#list);
    text.setAttribute('aria-haspopup', 'listbox');
    // Before the text box's own keys, which would send the message.
    element.addEventListener('keydown', (event) => this.#key(event), true);
  }

  /** @param {Entity[]} entities */
  show(entities) {
    const groups = Map.groupBy(entities, ({ group }) => group ?? '');
    this.#entities = [...groups.values()].flat();
    this.#options = this.#entities.map((entity, index) => this.#option(entity, index));
    const rows = [...groups].map(([name, { length }], index) => {
      const before = [...groups.values()].slice(0, index).flat().length;
      const options = this.#options.slice(before, before + length);
      const title = name && h('div', { class: 'aside', 'aria-hidden': 'true' }, name);
      return h('div', { role: 'group', 'aria-label': name || null }, title, ...options);
    });
    fill(this.#list, rows);
    this.#list.hidden = entities.length === 0;
    if (this.#list.hidden) return this.close();
    this.#text.setAttribute('aria-controls', this.#list.id);
    this.#activate(0);
  }

  close() {
    this.#list.hidden = true;
    this.#text.removeAttribute('aria-controls');
    this.#text.removeAttribute('aria-activedescendant');
  }

  /**
   * @param {Entity} entity
   * @param {number} index
   */
  #option(entity, index) {
    // A press must not take the focus from the text box.
    const onmousedown = (/** @type {Event} */ event) => event.preventDefault();
    const onclick = () => this.#choose(entity);
    const attributes = { id: `entity-${index}`, role: 'option', onmousedown, onclick };
    return h('div', attributes, entity.title);
  }

  /** @param {number} index */
  #activate(index) {
    const { length } = this.#options;
    this.#active = (index + length) % length;
    this.#options.forEach((option, each) => {
      option.ariaSelected = String(each === this.#active);
    });
    const active = this.#options[this.#active];
    this.#text.setAttribute('aria-activedescendant', active.id);
    active.scrollIntoView({ block: 'nearest' });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.#list.hidden || event.target !== this.#text || isComposed(event)) return;
    const act = this.#actions()[event.key];
    if (!act || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** @returns {Record<string, () => void>} */
  #actions() {
    const choose = () => this.#choose(this.#entities[this.#active]);
    return {
      ArrowDown: () => this.#activate(this.#active + 1),
      ArrowUp: () => this.#activate(this.#active - 1),
      Enter: choose,
      Tab: choose,
      Escape: () => this.close(),
    };
  }
}
