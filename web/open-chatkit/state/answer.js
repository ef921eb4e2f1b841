import { isAbort } from './failures.js';

/**
 * @typedef {import('../types').StreamEvent} StreamEvent
 * @typedef {import('../protocol/event-stream').EventStream} EventStream
 */

/** One streamed answer, and the two ways to hear no more of it. */
export class Answer {
  #abort = new AbortController();
  /** @type {EventStream | null} */
  #stream = null;
  #left = false;

  /** Whether anything of it has come. */
  begun = false;

  /** Whether nobody listens any more. */
  get left() {
    return this.#left;
  }

  get stopped() {
    return this.#abort.signal.aborted;
  }

  /** Aborts the request, which is how the server learns that the answer is not wanted. */
  stop() {
    this.#abort.abort();
  }

  /** Listens no more. The answer is made to its end, and kept. */
  leave() {
    this.#left = true;
    this.#stream?.leave();
  }

  /**
   * The batches of events until the answer is complete, stopped or left. Raises what fails before,
   * and for an answer that was left only that the request was refused.
   *
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {string} type
   * @param {Record<string, unknown>} params
   * @returns {AsyncGenerator<StreamEvent[]>}
   */
  async *events(api, type, params) {
    try {
      this.#stream = await api.stream(type, params, this.#abort.signal);
    } catch (error) {
      if (isAbort(error)) return;
      throw error;
    }
    try {
      if (this.#left) this.#stream.leave();
      for await (const batch of this.#stream.batches()) {
        if (this.#left) return;
        this.begun = true;
        yield batch;
      }
    } catch (error) {
      if (!this.#left && !isAbort(error)) throw error;
    }
  }
}
