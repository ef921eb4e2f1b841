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
 * What a person is told of a failed request for an answer, and what there is to do about it.
 *
 * @param {Error} error
 * @param {boolean} taken whether the server has the message; if not, it is still in the composer
 * @returns {Failure}
 */
export function failureOf(error, taken) {
  // The page's own fetch may tell its failures itself, and raise errors without words.
  const message = error.message || 'That did not work.';
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
