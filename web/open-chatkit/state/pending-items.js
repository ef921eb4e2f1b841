import { isSending } from './thread-state.js';

/** @typedef {import('../types').Item} Item */

/**
 * Return the items of the newest turn. A message that is being sent does not start one yet: the
 * server may refuse it.
 *
 * @param {readonly Item[]} items
 */
export function newestTurn(items) {
  const start = items.findLastIndex((item) => item.type === 'user_message' && !isSending(item));
  return items.slice(start + 1);
}

/**
 * Return the question that the newest turn waits for, or null.
 *
 * @param {readonly Item[]} items
 */
export function openQuestion(items) {
  const asked = newestTurn(items).filter((item) => item.type === 'structured_input');
  return asked.find(({ status }) => status === 'pending') ?? null;
}

/**
 * Return the call of a tool of the page that the newest turn waits for, or null.
 *
 * @param {readonly Item[]} items
 */
export function openCall(items) {
  const calls = newestTurn(items).filter((item) => item.type === 'client_tool_call');
  return calls.find(({ status }) => status === 'pending') ?? null;
}

/**
 * Return the items to show. An earlier turn waits for nothing, even if the server has not closed
 * its questions and calls: its questions count as skipped, and its open calls are left out.
 *
 * @param {readonly Item[]} items
 * @returns {Item[]}
 */
export function shownItems(items) {
  const newest = newestTurn(items);
  const earlier = items.slice(0, items.length - newest.length);
  return [...earlier.flatMap(closed), ...newest];
}

/**
 * @param {Item} item
 * @returns {Item[]}
 */
function closed(item) {
  if (item.type === 'client_tool_call') return item.status === 'pending' ? [] : [item];
  if (item.type !== 'structured_input' || item.status !== 'pending') return [item];
  return [{ ...item, status: 'skipped' }];
}
