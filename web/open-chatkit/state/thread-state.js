import { updatedItem } from './item-updates.js';

/**
 * The state of the open thread. It is immutable, so the same object always looks the same on the
 * screen.
 *
 * @typedef {import('../types').Item} Item
 * @typedef {import('../types').StreamEvent} StreamEvent
 * @typedef {object} ThreadState
 * @property {import('../types').Thread | null} thread null for a new one
 * @property {readonly Item[]} items oldest first
 * @property {ReadonlySet<string>} unfinished ids of the items that are still being written
 * @property {string | null} earlier cursor of the items before these, or null
 * @property {string | null} progress the assistant's own progress text
 * @property {readonly import('../types').Notice[]} notices
 * @property {import('../types').Failure | null} failure
 * @property {boolean} stoppable whether the server lets this answer be stopped
 */

/** The id of a message that the server has not accepted yet. */
export const SENDING = 'sending';

/** @type {ThreadState} */
export const NEW_THREAD = {
  thread: null,
  items: [],
  unfinished: new Set(),
  earlier: null,
  progress: null,
  notices: [],
  failure: null,
  stoppable: true,
};

/**
 * Return the state at the start of a request: notices and failure of the last one are cleared.
 *
 * @param {ThreadState} state
 * @returns {ThreadState}
 */
export function beginning(state) {
  const { progress, notices, failure, stoppable, unfinished } = NEW_THREAD;
  return { ...state, progress, notices, failure, stoppable, unfinished };
}

/**
 * Return the state after the last event.
 *
 * @param {ThreadState} state
 * @returns {ThreadState}
 */
export function ended(state) {
  const items = state.items.filter((item) => item.id !== SENDING);
  return { ...state, items, progress: null, unfinished: NEW_THREAD.unfinished };
}

/**
 * Return the state after an event. An event of an unknown type changes nothing.
 *
 * @param {ThreadState} state
 * @param {StreamEvent} event
 * @returns {ThreadState}
 */
export function afterEvent(state, event) {
  switch (event.type) {
    case 'thread.created':
    case 'thread.updated':
      return { ...state, thread: event.thread };
    case 'thread.item.added':
      return withUnfinished(withItem(state, event.item), event.item.id, true);
    case 'thread.item.done':
    case 'thread.item.replaced':
      return withUnfinished(withItem(state, event.item), event.item.id, false);
    case 'thread.item.updated':
      return {
        ...state,
        items: state.items.map((item) =>
          item.id === event.item_id ? updatedItem(item, event.update) : item,
        ),
      };
    case 'thread.item.removed':
      return withUnfinished(withoutItem(state, event.item_id), event.item_id, false);
    case 'stream_options':
      return { ...state, stoppable: event.stream_options.allow_cancel };
    case 'progress_update':
      return { ...state, progress: event.text };
    case 'notice':
      return { ...state, notices: [...state.notices, event] };
    case 'error':
      return { ...state, failure: failureOfEvent(event) };
    default:
      return state;
  }
}

/** @param {Extract<StreamEvent, {type: 'error'}>} event */
function failureOfEvent(event) {
  const message = event.message || 'Something went wrong while answering.';
  /** @type {import('../types').Failure} */
  const failure = { message, steps: event.allow_retry ? ['retry'] : [] };
  return failure;
}

/**
 * @param {ThreadState} state
 * @param {Item} item replaces the item with its id, or the message being sent, or is appended
 * @returns {ThreadState}
 */
export function withItem(state, item) {
  const known = state.items.findIndex((other) => other.id === item.id);
  const sent = item.type === 'user_message' ? state.items.findIndex(isSending) : -1;
  const place = known >= 0 ? known : sent >= 0 ? sent : state.items.length;
  // Progress is shown until another item is visible.
  const progress = item.type === 'user_message' ? state.progress : null;
  return { ...state, items: state.items.toSpliced(place, 1, item), progress };
}

/** @param {Item} item */
export function isSending(item) {
  return item.id === SENDING;
}

/**
 * @param {ThreadState} state
 * @param {string} id
 * @returns {ThreadState}
 */
function withoutItem(state, id) {
  return { ...state, items: state.items.filter((item) => item.id !== id) };
}

/**
 * @param {ThreadState} state
 * @param {string} id
 * @param {boolean} unfinished
 * @returns {ThreadState}
 */
function withUnfinished(state, id, unfinished) {
  const ids = new Set(state.unfinished);
  if (unfinished) ids.add(id);
  else ids.delete(id);
  return { ...state, unfinished: ids };
}
