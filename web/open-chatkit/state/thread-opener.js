import { asError, failureOf } from './failures.js';
import { itemsBefore, loadThread } from './thread-loader.js';
import { NEW_THREAD } from './thread-state.js';

/** Loads stored threads into the store. */
export class ThreadOpener {
  #api;
  #store;
  #emit;
  /** @type {string | null} */
  #id = null;

  /** Resolves when the last requested thread has loaded or failed to load. */
  done = Promise.resolve();

  /**
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {import('./thread-store').ThreadStore} store
   * @param {import('../types').Emit} emit
   */
  constructor(api, store, emit) {
    this.#api = api;
    this.#store = store;
    this.#emit = emit;
  }

  /** The id of the thread that is loading, or null. */
  get loading() {
    return this.#id;
  }

  /** @param {string | null} id null for a new thread */
  async open(id) {
    this.#id = id;
    this.#store.state = NEW_THREAD;
    if (id !== null) await (this.done = this.#load(id));
  }

  /** Load the thread again. */
  async refresh() {
    const { thread } = this.#store.state;
    if (!thread) return;
    this.#id = thread.id;
    await (this.done = this.#load(thread.id));
  }

  /** Load the page of items before the first one. */
  async earlier() {
    const { thread, earlier } = this.#store.state;
    if (!thread || !earlier) return;
    const page = await itemsBefore(this.#api, thread.id, earlier).catch(asError);
    const now = this.#store.state;
    if (now.thread?.id !== thread.id || now.earlier !== earlier) return;
    if (page instanceof Error) {
      this.#emit('chatkit.error', { error: page });
      this.#store.state = { ...now, failure: failureOf(page, false) };
    } else {
      this.#store.state = { ...now, ...page, items: [...page.items, ...now.items] };
    }
  }

  /** @param {string} id */
  async #load(id) {
    this.#emit('chatkit.thread.load.start', { threadId: id });
    try {
      const loaded = await loadThread(this.#api, id);
      if (this.#id === id) this.#settle(loaded);
    } catch (error) {
      if (this.#id === id) this.#fail(id, error);
    }
    this.#emit('chatkit.thread.load.end', { threadId: id });
  }

  /**
   * @param {string} id
   * @param {unknown} error
   */
  #fail(id, error) {
    const fault = asError(error);
    this.#emit('chatkit.error', { error: fault });
    if ('status' in fault && fault.status === 404) {
      const message = 'That chat no longer exists. You can start a new one.';
      const notices = fault.message ? [{ level: /** @type {const} */ ('info'), message }] : [];
      this.#settle({ ...NEW_THREAD, notices });
      this.#emit('chatkit.thread.change', { threadId: null });
      return;
    }
    // Keep the id, so that the next message goes to this thread.
    const thread = this.#store.state.thread ?? { id, created_at: '' };
    const failure = failureOf(fault, false);
    this.#settle({
      ...this.#store.state,
      thread,
      failure: failure && { ...failure, steps: ['reload'] },
    });
  }

  /** @param {import('./thread-state').ThreadState} state */
  #settle(state) {
    this.#id = null;
    this.#store.state = state;
  }
}
