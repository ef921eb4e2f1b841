import { isAbort } from './failures.js';

/**
 * @typedef {import('../types').StreamEvent} StreamEvent
 * @typedef {import('../protocol/event-stream').EventStream} EventStream
 */

/**
 * One answer, in one or more streams: between them, a tool of the page runs. A reader can stop it,
 * or detach and let the server finish it.
 */
export class Answer {
  #abort = new AbortController();
  /** @type {EventStream | null} */
  #stream = null;
  #detached = false;

  /** Whether any event has arrived. */
  started = false;

  /** The operation that was requested last. */
  type = '';

  /** Whether its events are no longer read. */
  get detached() {
    return this.#detached;
  }

  get stopped() {
    return this.#abort.signal.aborted;
  }

  /** Resolve when the answer is stopped. */
  get whenStopped() {
    const { signal } = this.#abort;
    return new Promise((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', resolve, { once: true });
    });
  }

  /** Abort the request, which makes the server stop the answer. */
  stop() {
    this.#abort.abort();
  }

  /** Stop reading. The server finishes and stores the answer. */
  detach() {
    this.#detached = true;
    this.#stream?.detach();
  }

  /**
   * Yield batches of events until the stream ends, or the answer is stopped or detached. Throw the
   * error that ends it early; after `detach`, throw only if the request was refused.
   *
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {import('../protocol/chat-api').Operation} operation
   * @returns {AsyncGenerator<StreamEvent[]>}
   */
  async *events(api, operation) {
    this.type = operation.type;
    try {
      this.#stream = await api.stream(operation, this.#abort.signal);
    } catch (error) {
      if (isAbort(error)) return;
      throw error;
    }
    try {
      if (this.#detached) this.#stream.detach();
      for await (const batch of this.#stream.batches()) {
        if (this.#detached) return;
        this.started = true;
        yield batch;
      }
    } catch (error) {
      if (!this.#detached && !isAbort(error)) throw error;
    }
  }
}
