import { ChatApi } from './protocol/chat-api.js';
import { ClientTools } from './state/client-tools.js';
import { Conversation } from './state/conversation.js';
import { ThreadList } from './state/thread-list.js';
import { sheets } from './style/sheets.js';
import { actionsOf } from './actions.js';
import { userInput } from './user-input.js';
import { ChatView } from './view/chat.js';

/**
 * @typedef {import('@openai/chatkit').OpenAIChatKit} OpenAIChatKit
 * @typedef {import('./types').Options} Options
 */

/**
 * `<open-chatkit>` takes the options, methods and listeners of the vendor's `<openai-chatkit>`
 * and speaks the same protocol with `options.api.url`.
 *
 * @implements {Omit<OpenAIChatKit, keyof HTMLElement>}
 */
export class OpenChatKit extends HTMLElement {
  /** @type {Options | null} */
  #options = null;
  /** @type {ChatView | null} */
  #view = null;
  #emit = /** @type {import('./types').Emit} */ (
    (name, detail) => {
      this.dispatchEvent(new CustomEvent(name, { detail }));
      if (name === 'chatkit.response.end' && this.historyShown) void this.#list.load();
    }
  );
  #api = new ChatApi(() => apiConfig(this.#options), this.#emit);
  #tools = new ClientTools(() => this.#options?.onClientTool, this.#emit);
  #conversation = new Conversation(this.#api, this.#tools, () => this.#draw(), this.#emit);
  #list = new ThreadList(this.#api, () => this.#drawHistory());

  connectedCallback() {
    if (this.#view) void this.#conversation.refresh();
    else this.#start();
  }

  disconnectedCallback() {
    // Do not stop the answer: users who close the chat find it complete when they return.
    this.#conversation.detach();
  }

  /**
   * @param {Options} options all options; throws Error without `options.api.url`
   */
  setOptions(options) {
    apiConfig(options);
    this.#options = options;
    if (this.#view) this.#draw();
    else if (this.isConnected) this.#start();
  }

  async focusComposer() {
    this.#view?.composer.focus();
  }

  /** @param {string | null} threadId null for a new thread */
  async setThreadId(threadId) {
    await this.#conversation.open(threadId);
  }

  /**
   * Resolve when the answer ends. Throw Error if the server did not accept the message.
   *
   * @param {Parameters<OpenAIChatKit['sendUserMessage']>[0]} params
   */
  async sendUserMessage(params) {
    if (params.newThread) await this.#conversation.open(null);
    this.#view?.scrollToEnd();
    await this.#conversation.send(userInput(params), params.attachments);
  }

  /**
   * @param {{type: string, payload?: Record<string, unknown>}} action
   * @param {string} [itemId]
   */
  async sendCustomAction(action, itemId) {
    await this.#conversation.act(action, itemId);
  }

  /** @param {Parameters<OpenAIChatKit['setComposerValue']>[0]} params what is absent stays */
  async setComposerValue({ text, ...more }) {
    if (this.#view && text !== undefined) this.#view.composer.value = text;
    if (Object.keys(more).length > 0) (await this.#view?.rich())?.set(more);
  }

  /** The text in the composer. The vendor's element has no such property. */
  get composerValue() {
    return this.#view?.composer.value ?? '';
  }

  async showHistory() {
    this.#view?.showHistory(true);
    this.#draw();
    this.#emit('chatkit.history.open');
    await this.#list.load();
  }

  async hideHistory() {
    this.#view?.showHistory(false);
    this.#draw();
    this.#emit('chatkit.history.close');
  }

  get historyShown() {
    return this.#view?.historyShown ?? false;
  }

  get historyCovers() {
    return this.#view?.historyCovers ?? false;
  }

  async fetchUpdates() {
    await this.#conversation.refresh();
  }

  #start() {
    if (!this.#options) return;
    const root = this.attachShadow({ mode: 'open' });
    const { links, loaded } = sheets();
    const view = new ChatView({
      ...actionsOf(this, this.#conversation, this.#list, () => this.#options),
      services: { emit: this.#emit, call: this.#api.call.bind(this.#api) },
    });
    this.#view = view;
    view.element.hidden = true;
    root.append(...links, view.element);
    this.#draw();
    void this.#conversation.open(this.#options.initialThread ?? null);
    void loaded.then(() => {
      view.element.hidden = false;
      view.scrollToEnd();
      this.#emit('chatkit.ready');
    });
  }

  #draw() {
    if (this.#options) this.#view?.update(this.#options, this.#conversation);
    this.#drawHistory();
  }

  #drawHistory() {
    if (!this.#options || !this.#view) return;
    const { history, locale } = this.#options;
    this.#view.history.update(this.#list, {
      current: this.#conversation.threadId,
      rename: history?.showRename !== false,
      delete: history?.showDelete !== false,
      locale,
    });
  }
}

/**
 * @param {Options | null} options
 * @returns {import('@openai/chatkit').CustomApiConfig}
 */
function apiConfig(options) {
  const api = options?.api;
  if (api && 'url' in api && api.url) return api;
  throw new Error('<open-chatkit> needs options.api.url, the address of your own backend.');
}
