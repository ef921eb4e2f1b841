import { ChatError } from '../protocol/chat-error.js';
import { AnswerRequester } from './answer-requester.js';
import { SENDING, beginning, isSending, withItem } from './thread-state.js';
import { openCall, openQuestion } from './pending-items.js';
import { ThreadOpener } from './thread-opener.js';
import { ThreadStore } from './thread-store.js';

/** @typedef {import('./thread-state').ThreadState} ThreadState */

/**
 * The open thread and everything a user can do with it.
 *
 * Calls `changed` after each change, and `emit` with the events for the page.
 */
export class Conversation {
  #api;
  #store;
  #opener;
  #requester;
  #emit;

  /**
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {import('./client-tools').ClientTools} tools
   * @param {() => void} changed
   * @param {import('../types').Emit} emit
   */
  constructor(api, tools, changed, emit) {
    this.#api = api;
    this.#emit = emit;
    this.#store = new ThreadStore(changed);
    this.#opener = new ThreadOpener(api, this.#store, emit);
    this.#requester = new AnswerRequester(api, this.#store, tools, emit);
  }

  get state() {
    return this.#store.state;
  }

  get responding() {
    return this.#requester.busy;
  }

  get loading() {
    return this.#opener.loading !== null;
  }

  get threadId() {
    return this.#opener.loading ?? this.state.thread?.id ?? null;
  }

  /**
   * Open another thread, or a new one for null. The server finishes an answer in progress.
   *
   * @param {string | null} id
   */
  async open(id) {
    const changes = id !== this.threadId;
    this.detach();
    const opening = this.#opener.open(id);
    if (changes) this.#emit('chatkit.thread.change', { threadId: id });
    await opening;
  }

  /** Load the thread again. */
  async refresh() {
    if (!this.responding) await this.#opener.refresh();
  }

  /** Load the page of items before the first one. */
  async loadEarlier() {
    await this.#opener.earlier();
  }

  /**
   * Send a message and read the answer. Throw if the server did not accept the message.
   *
   * @param {import('../types').UserInput} input
   * @param {import('../types').Attachment[]} [attachments] those of the input, to be shown
   */
  async send(input, attachments = []) {
    await this.#loaded();
    const { thread } = this.state;
    const message = { ...input, id: SENDING, type: /** @type {const} */ ('user_message') };
    const from = withItem(beginning(this.state), { ...message, attachments });
    const isAccepted = (/** @type {ThreadState} */ { items }) => !items.some(isSending);
    if (thread) {
      const params = { thread_id: thread.id, input };
      await this.#requester.request(from, 'threads.add_user_message', params, isAccepted);
    } else {
      await this.#requester.request(from, 'threads.create', { input }, isAccepted);
    }
  }

  /**
   * Send the answers to a question and read how the answer continues. Send nothing if the question
   * is no longer open. Throw if the server did not accept the answers.
   *
   * @param {string} question the item's id
   * @param {import('../types').Submission} input
   */
  async submit(question, input) {
    await this.#loaded();
    const { thread, items } = this.state;
    if (openQuestion(items)?.id !== question) return;
    const params = { thread_id: thread?.id, item_id: question, input };
    await this.#requester.request(
      beginning(this.state),
      'threads.add_structured_input',
      params,
      ({ items }) => !openQuestion(items.filter(({ id }) => id === question)),
    );
  }

  /** Run the tool of the page that the thread waits for, and read how the answer continues. */
  async continueWithTool() {
    const call = openCall(this.state.items);
    await this.#loaded();
    if (!call || openCall(this.state.items)?.id !== call.id) return;
    await this.#requester.continueWithTool(beginning(this.state));
  }

  /** Request another answer to the last message. */
  async retry() {
    const message = lastMessage(this.state);
    await this.#loaded();
    const { thread, items } = this.state;
    if (!thread || !message || lastMessage(this.state)?.id !== message.id) return;
    const last = items.findIndex(({ id }) => id === message.id);
    const from = { ...beginning(this.state), items: items.slice(0, last + 1) };
    const params = { thread_id: thread.id, item_id: message.id };
    await this.#requester.request(from, 'threads.retry_after_item', params);
  }

  /**
   * Send an action of a widget or of the page. Send nothing if the widget is no longer in the open
   * thread. Throw ChatError if there is no thread yet.
   *
   * @param {import('../types').Action} action
   * @param {string} [item] id of the widget that sends it
   */
  async act({ type, payload }, item) {
    await this.#loaded();
    const { thread, items } = this.state;
    if (item && !items.some(({ id }) => id === item)) return;
    if (!thread) throw new ChatError('There is no chat yet.', { code: 'no_thread' });
    const action = { type, payload };
    const params = { thread_id: thread.id, item_id: item ?? null, action };
    await this.#requester.request(beginning(this.state), 'threads.custom_action', params);
  }

  /**
   * Send feedback on an answer. Throw ChatError.
   *
   * @param {import('../types').EndItem} item the end of the answer
   * @param {'positive' | 'negative'} kind
   */
  async rate({ id, thread_id }, kind) {
    await this.#api.call('items.feedback', { thread_id, item_ids: [id], kind });
  }

  /** Wait until no load is in progress: its end would replace the state of a later request. */
  async #loaded() {
    while (this.loading) await this.#opener.done;
  }

  /** Stop the answer. The part that has arrived stays. */
  stop() {
    this.#requester.stop();
  }

  /** Stop reading the answer. The server finishes it. */
  detach() {
    this.#requester.detach();
  }

  /** @param {{id: string, title?: string | null}} renamed a thread whose title was changed */
  rename({ id, title }) {
    const { thread } = this.state;
    if (thread?.id === id) this.#store.state = { ...this.state, thread: { ...thread, title } };
  }
}

/** @param {ThreadState} state */
function lastMessage({ items }) {
  return items.findLast((item) => item.type === 'user_message');
}
