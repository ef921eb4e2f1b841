import { asError } from './failures.js';

/**
 * @typedef {import('../types').Thread} Thread
 * @typedef {import('../types').Page<Thread>} Threads
 */

const PAGE = 20;

/** The threads of the person, newest first, page by page. Each change calls `changed`. */
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
  // What was asked for before something changed tells of how it was.
  #turn = 0;

  /**
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {() => void} changed
   */
  constructor(api, changed) {
    this.#api = api;
    this.#changed = changed;
  }

  /** Reads the list from its beginning. */
  async load() {
    await this.#read(null);
  }

  /** Brings the next page. */
  async loadMore() {
    if (this.after && !this.loading) await this.#read(this.after);
  }

  /**
   * Raises ChatError.
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
   * Raises ChatError.
   *
   * @param {string} id
   */
  async delete(id) {
    await this.#api.call('threads.delete', { thread_id: id });
    this.#turn += 1;
    this.loading = false;
    this.threads = this.threads.filter((each) => each.id !== id);
    this.#changed();
  }

  /** @param {string | null} cursor */
  async #read(cursor) {
    const turn = ++this.#turn;
    this.loading = true;
    this.failure = null;
    this.#changed();
    const page = await this.#page(cursor).catch(asError);
    if (turn !== this.#turn) return;
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
