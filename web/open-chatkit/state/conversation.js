import { ChatError } from '../protocol/chat-error.js';
import { Answering } from './answering.js';
import { Opening } from './opening.js';
import { Scene } from './scene.js';
import { SENDING, beginning, withItem } from './thread-state.js';

/**
 * The thread on the screen, and all that a person can do with it.
 *
 * Each change calls `changed`; what a page may want to know goes to `tell`.
 */
export class Conversation {
  #scene;
  #opening;
  #answering;
  #tell;

  /**
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {() => void} changed
   * @param {import('../types').Tell} tell
   */
  constructor(api, changed, tell) {
    this.#tell = tell;
    this.#scene = new Scene(changed);
    this.#opening = new Opening(api, this.#scene, tell);
    this.#answering = new Answering(api, this.#scene, tell);
  }

  get state() {
    return this.#scene.state;
  }

  get responding() {
    return this.#answering.busy;
  }

  get loading() {
    return this.#opening.loading !== null;
  }

  get threadId() {
    return this.#opening.loading ?? this.state.thread?.id ?? null;
  }

  /**
   * Shows another thread, null for a new one. An answer in the making is left to finish unheard.
   *
   * @param {string | null} id
   */
  async open(id) {
    const changes = id !== this.threadId;
    this.leave();
    const opened = this.#opening.open(id);
    if (changes) this.#tell('chatkit.thread.change', { threadId: id });
    await opened;
  }

  /** Reads again what is stored of this thread. */
  async refresh() {
    if (!this.responding) await this.#opening.refresh();
  }

  /** Brings the page of items before the first one. */
  async loadEarlier() {
    await this.#opening.earlier();
  }

  /**
   * Sends a message and hears the answer. Raises when the server has not taken the message.
   *
   * @param {import('../types').UserInput} input
   */
  async send(input) {
    await this.#opening.done;
    const { thread } = this.state;
    const message = { ...input, id: SENDING, type: /** @type {const} */ ('user_message') };
    const from = withItem(beginning(this.state), { ...message, attachments: [] });
    if (thread) {
      const params = { thread_id: thread.id, input };
      await this.#answering.hear(from, 'threads.add_user_message', params);
    } else {
      await this.#answering.hear(from, 'threads.create', { input });
    }
  }

  /** Asks for another answer to the last message. */
  async retry() {
    const { thread, items } = this.state;
    const last = items.findLastIndex((item) => item.type === 'user_message');
    const message = items[last];
    if (!thread || !message) return;
    const from = { ...beginning(this.state), items: items.slice(0, last + 1) };
    const params = { thread_id: thread.id, item_id: message.id };
    await this.#answering.hear(from, 'threads.retry_after_item', params);
  }

  /**
   * Sends an action of a widget, or of the page. Raises ChatError where there is no thread yet.
   *
   * @param {import('../types').Action} action
   * @param {string} [item] id of the widget that it comes from
   */
  async act({ type, payload }, item) {
    const { thread } = this.state;
    if (!thread) throw new ChatError('There is no chat yet.', { code: 'no_thread' });
    const action = { type, payload };
    const params = { thread_id: thread.id, action, ...(item && { item_id: item }) };
    await this.#answering.hear(beginning(this.state), 'threads.custom_action', params);
  }

  /** Stops the answer; what there is of it stays. */
  stop() {
    this.#answering.stop();
  }

  /** Hears no more of the answer, which the server goes on making. */
  leave() {
    this.#answering.leave();
  }

  /** @param {{id: string, title?: string | null}} renamed a thread whose title was changed */
  rename({ id, title }) {
    const { thread } = this.state;
    if (thread?.id === id) this.#scene.state = { ...this.state, thread: { ...thread, title } };
  }
}
