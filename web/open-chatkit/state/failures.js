import { ChatError } from '../protocol/chat-error.js';

/** @typedef {import('../types').Failure} Failure */

/** @param {unknown} error */
export function isAbort(error) {
  return error instanceof Error && error.name === 'AbortError';
}

/** @param {unknown} error */
export function asError(error) {
  return error instanceof Error ? error : new Error(String(error));
}

/**
 * Return what a person is shown of a failed request for an answer, and what there is to do about
 * it. Null for an error without words: the page's own fetch has shown it, with a step of its own.
 *
 * @param {Error} error
 * @param {boolean} taken whether the server has the message; if not, it is still in the composer
 * @returns {Failure | null}
 */
export function failureOf(error, taken) {
  const { message } = error;
  if (!message) return null;
  if (!taken) return { message, steps: [] };
  const brokenOff = error instanceof ChatError && error.code === 'broken_off';
  // The server finishes an answer that nobody hears: it may well be there.
  return { message, steps: brokenOff ? ['check', 'retry'] : ['retry'] };
}

/**
 * The fault of a stream that ended in order, if it ended before the answer did.
 *
 * @param {import('./thread-state').ThreadState} state
 */
export function faultAtEnd({ items, unfinished, failure }) {
  const answered = unfinished.size === 0 && items.at(-1)?.type !== 'user_message';
  if (answered || failure) return null;
  return new ChatError('The answer broke off.', { code: 'broken_off' });
}
