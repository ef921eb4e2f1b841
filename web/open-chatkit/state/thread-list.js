import { asError } from './failures.js';

/**
 * @typedef {import('../types').Thread} Thread
 * @typedef {import('../types').Page<Thread>} Threads
 */

const PAGE = 20;

/** The user's threads, newest first, loaded in pages. Calls `changed` after each change. */
export class ThreadList {
  /** @type {readonly Thread[]} */
  threads = [];
  /** @type {string | null} */
  after = null;
  /** @type {string | null} */
  failure = null;
  loading = false;
  #api;
  #changed;
  // A response to a request from before a change is outdated, so it is ignored.
  #version = 0;

  /**
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {() => void} changed
   */
  constructor(api, changed) {
    this.#api = api;
    this.#changed = changed;
  }

  /** Load the first page. */
  async load() {
    await this.#read(null);
  }

  /** Load the next page. */
  async loadMore() {
    if (this.after && !this.loading) await this.#read(this.after);
  }

  /**
   * Rename a thread. Throw ChatError.
   *
   * @param {string} id
   * @param {string} title
   */
  async rename(id, title) {
    await this.#api.call('threads.update', { thread_id: id, title });
    this.threads = this.threads.map((each) => (each.id === id ? { ...each, title } : each));
    this.#changed();
  }

  /**
   * Delete a thread. Throw ChatError.
   *
   * @param {string} id
   */
  async delete(id) {
    await this.#api.call('threads.delete', { thread_id: id });
    this.#version += 1;
    this.loading = false;
    this.threads = this.threads.filter((each) => each.id !== id);
    this.#changed();
  }

  /** @param {string | null} cursor */
  async #read(cursor) {
    const version = ++this.#version;
    this.loading = true;
    this.failure = null;
    this.#changed();
    const page = await this.#page(cursor).catch(asError);
    if (version !== this.#version) return;
    this.loading = false;
    if (page instanceof Error) this.failure = page.message;
    else this.#add(page, cursor ? this.threads : []);
    this.#changed();
  }

  /**
   * @param {string | null} cursor
   * @returns {Promise<Threads>}
   */
  #page(cursor) {
    const params = { limit: PAGE, order: 'desc', ...(cursor && { after: cursor }) };
    return this.#api.call('threads.list', params);
  }

  /**
   * @param {Threads} page
   * @param {readonly Thread[]} known
   */
  #add(page, known) {
    const ids = new Set(known.map((each) => each.id));
    this.threads = [...known, ...page.data.filter((each) => !ids.has(each.id))];
    this.after = (page.has_more && page.after) || null;
  }
}
