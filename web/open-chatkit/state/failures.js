import { ChatError } from '../protocol/chat-error.js';
import { wordsOf } from './tool-name.js';

/** @typedef {import('../types').Failure} Failure */

const ANSWERS = ['threads.add_structured_input', 'threads.add_client_tool_output'];
// Statuses of an answer to a question that is no longer open.
const OUTDATED = [404, 409];
// Statuses of a result whose shape is wrong, or that is too big.
const UNUSABLE = [400, 413];

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
 * @param {boolean} accepted whether the server has what was sent; if not, it is back in the
 *   composer or still in its form
 * @param {string} [type] the operation that failed
 * @returns {Failure | null}
 */
export function failureOf(error, accepted, type = '') {
  const { message } = error;
  return message ? { message, steps: stepsAfter(error, accepted, type) } : null;
}

/**
 * @param {Error} error
 * @param {boolean} accepted
 * @param {string} type
 * @returns {Failure['steps']}
 */
function stepsAfter(error, accepted, type) {
  const { code = '', status = 0 } = error instanceof ChatError ? error : {};
  if (!accepted) return ANSWERS.includes(type) && OUTDATED.includes(status) ? ['reload'] : [];
  // Another answer to the message would ask the question again.
  if (ANSWERS.includes(type)) return ['check'];
  // The server finishes an answer without a reader, so it may be stored.
  return code === 'broken_off' ? ['check', 'retry'] : ['retry'];
}

/**
 * Return what the assistant reads instead of a tool's result that the server cannot take. Throw any
 * other error again.
 *
 * @param {unknown} error
 */
export function unusableResult(error) {
  const { status, message } = /** @type {{status?: number, message: string}} */ (error);
  if (!UNUSABLE.includes(status ?? 0)) throw error;
  return `The result could not be sent. ${message}`.trim();
}

/**
 * Return what to show in a thread that waits for a tool of the page, null if it waits for none.
 *
 * @param {import('../types').ToolCallItem | null} call
 * @returns {Failure | null}
 */
export function waitingFor(call) {
  if (!call) return null;
  const message = `The answer waits for “${wordsOf(call.name)}”, a tool of this page.`;
  return { message, steps: ['run'] };
}

/**
 * Return the error of a stream that closed before the answer was complete, else null.
 *
 * @param {import('./thread-state').ThreadState} state
 */
export function earlyEndOf({ items, unfinished, failure }) {
  if (failure || (unfinished.size === 0 && !isUnanswered(items.at(-1)))) return null;
  return new ChatError('The answer ended early.', { code: 'broken_off' });
}

/**
 * Return whether an item must be followed by more of the answer.
 *
 * @param {import('../types').Item | undefined} item
 */
function isUnanswered(item) {
  if (item?.type === 'client_tool_call') return item.status === 'completed';
  if (item?.type === 'structured_input') return item.status !== 'pending';
  return item?.type === 'user_message';
}
