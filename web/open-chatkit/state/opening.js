import { asError, failureOf } from './failures.js';
import { itemsBefore, loadThread } from './thread-loader.js';
import { NEW_THREAD } from './thread-state.js';

/** Brings stored threads into the scene. */
export class Opening {
  #api;
  #scene;
  #tell;
  /** @type {string | null} */
  #id = null;

  /** Settled when the thread that was asked for last is there, or is known not to be. */
  done = Promise.resolve();

  /**
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {import('./scene').Scene} scene
   * @param {import('../types').Tell} tell
   */
  constructor(api, scene, tell) {
    this.#api = api;
    this.#scene = scene;
    this.#tell = tell;
  }

  /** The thread on its way, if one is. */
  get loading() {
    return this.#id;
  }

  /** @param {string | null} id null for a new thread */
  async open(id) {
    this.#id = id;
    this.#scene.state = NEW_THREAD;
    if (id !== null) await (this.done = this.#load(id));
  }

  /** Reads again what is stored of the thread. */
  async refresh() {
    const { thread } = this.#scene.state;
    if (!thread) return;
    this.#id = thread.id;
    await (this.done = this.#load(thread.id));
  }

  /** Brings the page of items before the first one. */
  async earlier() {
    const { thread, earlier } = this.#scene.state;
    if (!thread || !earlier) return;
    const page = await itemsBefore(this.#api, thread.id, earlier).catch(asError);
    const now = this.#scene.state;
    if (now.thread?.id !== thread.id || now.earlier !== earlier) return;
    if (page instanceof Error) {
      this.#tell('chatkit.error', { error: page });
      this.#scene.state = { ...now, failure: failureOf(page, false) };
    } else {
      this.#scene.state = { ...now, ...page, items: [...page.items, ...now.items] };
    }
  }

  /** @param {string} id */
  async #load(id) {
    this.#tell('chatkit.thread.load.start', { threadId: id });
    try {
      const loaded = await loadThread(this.#api, id);
      if (this.#id === id) this.#settle(loaded);
    } catch (error) {
      if (this.#id === id) this.#fail(id, error);
    }
    this.#tell('chatkit.thread.load.end', { threadId: id });
  }

  /**
   * @param {string} id
   * @param {unknown} error
   */
  #fail(id, error) {
    const fault = asError(error);
    this.#tell('chatkit.error', { error: fault });
    if ('status' in fault && fault.status === 404) {
      const message = 'That chat is no longer there. You can begin a new one.';
      const notices = fault.message ? [{ level: /** @type {const} */ ('info'), message }] : [];
      this.#settle({ ...NEW_THREAD, notices });
      this.#tell('chatkit.thread.change', { threadId: null });
      return;
    }
    // The id stays, so that what is sent next goes where it belongs.
    const thread = this.#scene.state.thread ?? { id, created_at: '' };
    const failure = failureOf(fault, false);
    this.#settle({
      ...this.#scene.state,
      thread,
      failure: failure && { ...failure, steps: ['reload'] },
    });
  }

  /** @param {import('./thread-state').ThreadState} state */
  #settle(state) {
    this.#id = null;
    this.#scene.state = state;
  }
}
