import { ChatError, refusal } from './chat-error.js';
import { EventStream } from './event-stream.js';

/**
 * @typedef {object} ApiConfig
 * @property {string} url
 * @property {typeof fetch} [fetch] adds what the service requires, for example a token
 */

/**
 * @typedef {object} Operation
 * @property {string} type
 * @property {Record<string, unknown>} params
 * @property {Record<string, unknown>} [metadata]
 */

/** Sends every operation of the protocol to one URL. */
export class ChatApi {
  #config;
  #emit;

  /**
   * @param {() => ApiConfig} config called for each request
   * @param {import('../types').Emit} emit
   */
  constructor(config, emit) {
    this.#config = config;
    this.#emit = emit;
  }

  /**
   * Run an operation that returns one JSON response. Throw ChatError.
   *
   * @template T
   * @param {string} type
   * @param {Record<string, unknown>} params
   * @returns {Promise<T>}
   */
  async call(type, params) {
    const response = await this.#post({ type, params });
    try {
      return await response.json();
    } catch (cause) {
      throw new ChatError('The service sent a response that could not be read.', {
        code: 'unreadable',
        status: response.status,
        cause,
      });
    }
  }

  /**
   * Run an operation that streams its answer. Throw ChatError or AbortError.
   *
   * @param {Operation} operation
   * @param {AbortSignal} signal stops the answer
   */
  async stream(operation, signal) {
    const response = await this.#post(operation, signal);
    const kind = response.headers.get('content-type') ?? '';
    if (!response.body || !kind.startsWith('text/event-stream')) {
      throw new ChatError('The service sent a response that could not be read.', {
        code: 'unreadable',
        status: response.status,
      });
    }
    return new EventStream(response.body);
  }

  /**
   * @param {Operation} operation
   * @param {AbortSignal} [signal]
   */
  async #post(operation, signal) {
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(operation),
      signal,
    };
    const { url, fetch = globalThis.fetch } = this.#config();
    const response = await fetch(url, request).catch(unreachable);
    const { status } = response;
    this.#emit('chatkit.log', { name: 'request', data: { operation: operation.type, status } });
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

/**
 * @param {unknown} cause
 * @returns {never}
 */
function unreachable(cause) {
  // Only a TypeError is a network failure. Aborts and errors of the page's own fetch pass through.
  if (!(cause instanceof TypeError)) throw cause;
  throw new ChatError('The service cannot be reached. Check your connection and try again.', {
    code: 'unreachable',
    cause,
  });
}
