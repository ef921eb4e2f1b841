import { MarkdownView } from '../markdown/render.js';
import { attachmentList } from './attachments.js';
import { fill, h } from './dom.js';
import { citations } from './sources.js';
import { partNode } from './tag.js';

/**
 * @typedef {import('../types').AssistantMessage} AssistantMessage
 * @typedef {import('../types').UserMessage} UserMessage
 * @typedef {import('../types').Source} Source
 */

/** A user's message: plain text as typed, with mentions, a quote and files. */
export class UserMessageView {
  element = h('article', { class: 'message from-user', 'aria-label': 'You' });
  #entities;

  /** @param {import('./items').ItemActions['entities']} entities */
  constructor(entities) {
    this.#entities = entities;
  }

  /** @param {UserMessage} item */
  update({ content, quoted_text: quoted, attachments }) {
    const parts = content.map((part) => partNode(part, this.#entities()));
    fill(this.element, [
      quoted && h('blockquote', {}, quoted),
      attachmentList(attachments ?? []),
      content.some(({ text }) => text) && h('div', { class: 'bubble' }, ...parts),
    ]);
  }
}

/** An assistant's message: Markdown that may be growing. */
export class AssistantMessageView {
  element = h('article', { class: 'message from-assistant', 'aria-label': 'Assistant' });
  /** @type {MarkdownView[]} */
  #parts = [];
  #sources = h('ol', { class: 'sources', 'aria-label': 'Sources' });
  #shownSources = '';

  /**
   * @param {AssistantMessage} item
   * @param {boolean} unfinished
   */
  update({ content }, unfinished) {
    this.#parts.length = Math.min(this.#parts.length, content.length);
    content.forEach((part, index) => {
      const view = (this.#parts[index] ??= new MarkdownView());
      view.update(part.text);
    });
    const sources = content.flatMap((part) => (part.annotations ?? []).map((each) => each.source));
    this.#showSources(sources);
    fill(this.element, [
      ...this.#parts.map((part) => part.element),
      sources.length > 0 && this.#sources,
    ]);
    this.element.classList.toggle('unfinished', unfinished);
  }

  /** @param {Source[]} sources */
  #showSources(sources) {
    const wanted = JSON.stringify(sources);
    if (wanted === this.#shownSources) return;
    this.#shownSources = wanted;
    fill(this.#sources, citations(sources));
  }
}

/**
 * Return the text of an answer, for a screen reader.
 *
 * @param {AssistantMessage} item
 */
export function spoken(item) {
  return item.content.map((part) => part.text).join('\n');
}
