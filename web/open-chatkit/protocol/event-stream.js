import { ChatError } from './chat-error.js';
import { SseParser } from './sse.js';

/** @typedef {import('../types').StreamEvent} StreamEvent */

/** The events of a streamed answer, in batches as they arrive. */
export class EventStream {
  #reader;

  /** @param {ReadableStream<Uint8Array>} body */
  constructor(body) {
    this.#reader = body.getReader();
  }

  /** Close the connection without aborting the request, which would also stop the answer. */
  detach() {
    this.#reader.cancel().catch(() => {});
  }

  /**
   * @returns {AsyncGenerator<StreamEvent[]>} ends with the stream; throws ChatError if the
   *   connection breaks, AbortError if the request is aborted
   */
  async *batches() {
    const parser = new SseParser();
    for (;;) {
      const { done, value } = await this.#reader.read().catch(brokenOff);
      if (done) return;
      const events = parser.push(value).flatMap(eventOf);
      if (events.length > 0) yield events;
    }
  }
}

/**
 * @param {unknown} cause
 * @returns {never}
 */
function brokenOff(cause) {
  if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
  throw new ChatError('The connection was lost before the answer was complete.', {
    code: 'broken_off',
    cause,
  });
}

/**
 * @param {string} data
 * @returns {StreamEvent[]} empty if the data is not an event
 */
function eventOf(data) {
  try {
    const event = JSON.parse(data);
    return typeof event?.type === 'string' ? [event] : [];
  } catch {
    return [];
  }
}
