import { sheetIn } from '../../style/sheets.js';
import { h } from '../../view/dom.js';
import { AttachmentsView } from './attachments.js';
import { ChoicesView } from './choices.js';
import { MentionsView } from './mentions.js';
import { QuoteView } from './quote.js';
import { ReplyOffer } from './reply-offer.js';

/**
 * @typedef {object} Services what the parts need from the element
 * @property {import('../../types').Emit} emit
 * @property {import('../../protocol/chat-api').ChatApi['call']} call
 * @typedef {Parameters<import('@openai/chatkit').OpenAIChatKit['setComposerValue']>[0]} Value
 * @typedef {{message: import('../../types').Message, restore: () => void}} Draft
 */

/** What makes a message more than text: files, mentions, a quote, and a choice of model and tool. */
export class RichComposer {
  #composer;
  #status = h('span', { role: 'status', class: 'visually-hidden' });
  #attachments;
  #mentions;
  #quote;
  #choices;
  #reply;

  above = h('div', { class: 'above' });
  bar = h('div', { class: 'bar' });

  /**
   * @param {import('../../view/composer').ComposerView} composer
   * @param {HTMLElement} chat
   * @param {Services} services
   */
  constructor(composer, chat, services) {
    this.#composer = composer;
    const changed = () => composer.refresh();
    const say = (/** @type {string} */ text) => this.#status.replaceChildren(text);
    this.styled = sheetIn(chat.getRootNode(), 'rich-composer');
    this.#attachments = new AttachmentsView(composer, chat, services, { changed, say });
    this.#mentions = new MentionsView(composer, say);
    this.#quote = new QuoteView(composer);
    this.#choices = new ChoicesView(services.emit, changed);
    this.#reply = new ReplyOffer(chat, (text) => this.#quote.show(text, true));
    this.above.append(
      this.#quote.element,
      this.#attachments.element,
      this.#mentions.element,
      this.#status,
    );
    this.bar.append(this.#attachments.button, this.#mentions.button, this.#choices.element);
  }

  /** Whether there are files to send. */
  get hasFiles() {
    return this.#attachments.count > 0;
  }

  /** Whether a file is not uploaded yet. */
  get isWaiting() {
    return this.#attachments.isWaiting;
  }

  get placeholder() {
    return this.#choices.placeholder;
  }

  /** @param {import('../../types').Options} options */
  update({ composer, entities }) {
    this.#attachments.update(composer?.attachments);
    this.#mentions.update(entities);
    this.#choices.update(composer?.models ?? [], composer?.tools ?? []);
  }

  /** Follow a change of the text. */
  textChanged() {
    this.#mentions.textChanged();
  }

  /** Offer to reply to the selected text of an answer. */
  offerReply() {
    this.#reply.offer();
  }

  /** Show why the message cannot be sent yet. */
  explain() {
    if (this.isWaiting) this.#attachments.explain();
  }

  /** @param {boolean} closed whether the thread takes no more messages */
  close(closed) {
    this.bar.inert = closed;
  }

  /**
   * Take the message out of the composer. `restore` puts everything but the text back.
   *
   * @returns {Draft}
   */
  take() {
    const content = this.#mentions.content();
    const tags = this.#mentions.take();
    const files = this.#attachments.take();
    const reply = this.#quote.take();
    const { model, tool } = this.#choices.take();
    const attachments = files.map(({ attachment }) => attachment).filter((each) => !!each);
    return {
      message: {
        content,
        // The element's own types: the server decides which files are images.
        attachments: /** @type {import('@openai/chatkit').Attachment[]} */ (attachments),
        ...(reply && { reply }),
        ...(model && { model }),
        ...(tool && { toolChoice: { id: tool } }),
      },
      restore: () => {
        this.#mentions.restore(tags);
        this.#attachments.restore(files);
        this.#quote.restore(reply);
        this.#choices.restore(tool);
        this.#composer.refresh();
      },
    };
  }

  /** @param {Value} value what is absent stays */
  set({ content, reply, attachments, files, selectedToolId, selectedModelId }) {
    if (content) this.#mentions.set(content);
    if (reply !== undefined) this.#quote.show(reply);
    if (attachments) this.#attachments.set(attachments);
    if (files) this.#attachments.add(files);
    if (selectedToolId !== undefined) this.#choices.selectTool(selectedToolId);
    if (selectedModelId) this.#choices.selectModel(selectedModelId);
    this.#composer.refresh();
  }
}
