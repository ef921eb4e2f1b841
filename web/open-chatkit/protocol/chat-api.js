import { ChatError, refusal } from './chat-error.js';
import { EventStream } from './event-stream.js';

/**
 * @typedef {object} ApiConfig
 * @property {string} url
 * @property {typeof fetch} [fetch] adds what the service asks for: a token, say
 */

/** One URL that takes every operation of the protocol as `{"type", "params"}`. */
export class ChatApi {
  #config;
  #tell;

  /**
   * @param {() => ApiConfig} config asked for each request
   * @param {import('../types').Tell} tell
   */
  constructor(config, tell) {
    this.#config = config;
    this.#tell = tell;
  }

  /**
   * An operation with one answer. Raises ChatError.
   *
   * @template T
   * @param {string} type
   * @param {Record<string, unknown>} params
   * @returns {Promise<T>}
   */
  async call(type, params) {
    const response = await this.#post(type, params);
    try {
      return await response.json();
    } catch (cause) {
      throw new ChatError('The service gave an answer that cannot be read.', {
        code: 'unreadable',
        status: response.status,
        cause,
      });
    }
  }

  /**
   * An operation whose answer streams. Raises ChatError, or AbortError.
   *
   * @param {string} type
   * @param {Record<string, unknown>} params
   * @param {AbortSignal} signal stops the answer
   */
  async stream(type, params, signal) {
    const response = await this.#post(type, params, signal);
    const kind = response.headers.get('content-type') ?? '';
    if (!response.body || !kind.startsWith('text/event-stream')) {
      throw new ChatError('The service gave an answer that cannot be read.', {
        code: 'unreadable',
        status: response.status,
      });
    }
    return new EventStream(response.body);
  }

  /**
   * @param {string} type
   * @param {Record<string, unknown>} params
   * @param {AbortSignal} [signal]
   */
  async #post(type, params, signal) {
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type, params }),
      signal,
    };
    const { url, fetch = globalThis.fetch } = this.#config();
    const response = await fetch(url, request).catch(unreachable);
    const { status } = response;
    this.#tell('chatkit.log', { name: 'request', data: { operation: type, status } });
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

/**
 * @param {unknown} cause
 * @returns {never}
 */
function unreachable(cause) {
  // Only a TypeError is the network's; an abort and the errors of the page's own fetch are theirs.
  if (!(cause instanceof TypeError)) throw cause;
  throw new ChatError('The service cannot be reached. Check your connection and try again.', {
    code: 'unreachable',
    cause,
  });
}
