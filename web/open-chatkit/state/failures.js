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
 * Return the message and the next steps to show after a failed request for an answer. Return null
 * for an error without a message: the page's own fetch has shown it already.
 *
 * @param {Error} error
 * @param {boolean} accepted whether the server has the message; if not, it is back in the composer
 * @returns {Failure | null}
 */
export function failureOf(error, accepted) {
  const { message } = error;
  if (!message) return null;
  if (!accepted) return { message, steps: [] };
  const brokenOff = error instanceof ChatError && error.code === 'broken_off';
  // The server finishes an answer without a reader, so it may be stored.
  return { message, steps: brokenOff ? ['check', 'retry'] : ['retry'] };
}

/**
 * Return the error of a stream that closed before the answer was complete, else null.
 *
 * @param {import('./thread-state').ThreadState} state
 */
export function earlyEndOf({ items, unfinished, failure }) {
  const answered = unfinished.size === 0 && items.at(-1)?.type !== 'user_message';
  if (answered || failure) return null;
  return new ChatError('The answer ended early.', { code: 'broken_off' });
}
