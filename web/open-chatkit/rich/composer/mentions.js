import { fill, h } from '../../view/dom.js';
import { EntityMenu } from './entity-menu.js';
import { follow, labelOf, partsOf, textOf } from './tag-ranges.js';

/**
 * @typedef {import('./tag-ranges').Tag} Tag
 * @typedef {import('@openai/chatkit').Entity} Entity
 */

/** An "@" at the start of a word, and what is written after it. */
const MENTION = /(?:^|[\s([{])@([^\s@]{0,40})$/u;
const PAUSE_MS = 150;

/** Mentions in the text: an "@" opens a menu of entities, and the chosen one becomes a tag. */
export class MentionsView {
  #composer;
  #say;
  #menu;
  /** @type {import('../../types').Options['entities']} */
  #entities;
  #text = '';
  /** @type {Tag[]} */
  #tags = [];
  #searches = 0;

  element = h('ul', { class: 'mentions', 'aria-label': 'Mentions', hidden: true });
  button;

  /**
   * @param {import('../../view/composer').ComposerView} composer
   * @param {(text: string) => void} say
   */
  constructor(composer, say) {
    this.#composer = composer;
    this.#say = say;
    this.#text = composer.value;
    this.#menu = new EntityMenu(composer, (entity) => this.#insert(entity));
    const onclick = () => this.#begin();
    this.button = h(
      'button',
      { type: 'button', class: 'icon-button at', 'aria-label': 'Mention', hidden: true, onclick },
      '@',
    );
    composer.text.setAttribute('aria-autocomplete', 'list');
    composer.text.addEventListener('input', () => void this.#search());
    composer.text.addEventListener('blur', () => this.#stop());
    composer.text.addEventListener('click', () => void this.#search());
  }

  /** @param {import('../../types').Options['entities']} entities */
  update(entities) {
    this.#entities = entities;
    this.button.hidden = !(entities?.onTagSearch && entities.showComposerMenu);
    if (!entities?.onTagSearch) this.#stop();
  }

  textChanged() {
    const { value } = this.#composer;
    const after = follow(this.#tags, this.#text, value);
    this.#text = value;
    this.#show(after);
  }

  /** Return the message's parts. */
  content() {
    return partsOf(this.#text, this.#tags);
  }

  /** Return the tags as ranges of the trimmed text, and remove them. */
  take() {
    const cut = this.#text.length - this.#text.trimStart().length;
    const tags = this.#tags.map((tag) => ({
      ...tag,
      start: tag.start - cut,
      end: tag.end - cut,
    }));
    this.#stop();
    this.#show([]);
    return tags;
  }

  /** @param {Tag[]} tags ranges at the beginning of the text */
  restore(tags) {
    this.#show([...tags, ...this.#tags]);
  }

  /** @param {import('@openai/chatkit').UserMessageContent[]} content replaces the text */
  set(content) {
    const { text, tags } = textOf(content);
    this.#composer.value = text;
    this.#show(tags);
  }

  /** @param {Tag[]} tags */
  #show(tags) {
    if (tags.length === 0 && this.#tags.length === 0) return;
    this.#tags = tags;
    this.element.hidden = tags.length === 0;
    const items = tags.map(({ entity }) => h('li', { class: 'tag' }, labelOf(entity.title)));
    fill(this.element, items);
  }

  /** Write an "@" as if it were typed. */
  #begin() {
    const { text } = this.#composer;
    text.focus();
    const { value, selectionStart: start, selectionEnd: end } = text;
    const mark = start > 0 && !/\s/.test(value[start - 1]) ? ' @' : '@';
    text.setRangeText(mark, start, end, 'end');
    text.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /** Return the range of the mention that is being written, or null. */
  #written() {
    const { value, selectionStart: end, selectionEnd } = this.#composer.text;
    if (end !== selectionEnd) return null;
    const [, query] = MENTION.exec(value.slice(0, end)) ?? [];
    if (query === undefined) return null;
    const start = end - query.length - 1;
    const isTag = this.#tags.some((tag) => tag.start < end && start < tag.end);
    return isTag ? null : { start, end, query };
  }

  /** Search after a pause. Only the latest search shows its result. */
  async #search() {
    const search = ++this.#searches;
    const { onTagSearch } = this.#entities ?? {};
    const written = this.#written();
    if (!onTagSearch || !written) return this.#menu.close();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (search !== this.#searches) return;
    /** @type {Entity[]} */
    const found = await onTagSearch(written.query).catch(() => []);
    if (search !== this.#searches) return;
    this.#menu.show(found);
    const count = found.length === 1 ? '1 suggestion' : `${found.length} suggestions`;
    this.#say(found.length === 0 ? 'No suggestions' : `${count}. Choose one with the arrow keys.`);
  }

  #stop() {
    this.#searches += 1;
    this.#menu.close();
  }

  /** @param {Entity} entity */
  #insert(entity) {
    const written = this.#written();
    this.#stop();
    if (!written) return;
    const { text } = this.#composer;
    const { start } = written;
    const label = labelOf(entity.title);
    text.setRangeText(`${label} `, start, written.end, 'end');
    this.#composer.value = text.value;
    const caret = start + label.length + 1;
    text.setSelectionRange(caret, caret);
    const tags = [...this.#tags, { start, end: start + label.length, entity }];
    this.#show(tags.sort((one, other) => one.start - other.start));
  }
}
