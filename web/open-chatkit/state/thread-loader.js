import { openCall } from './pending-items.js';
import { waitingFor } from './failures.js';
import { NEW_THREAD } from './thread-state.js';

/**
 * @typedef {import('../types').Item} Item
 * @typedef {import('./thread-state').ThreadState} ThreadState
 * @typedef {import('../protocol/chat-api').ChatApi} ChatApi
 */

const PAGE = 30;

/**
 * Load a thread with its newest items. Throw ChatError.
 *
 * `threads.get_by_id` returns the oldest items, so the newest are requested separately.
 *
 * @param {ChatApi} api
 * @param {string} id
 * @returns {Promise<ThreadState>}
 */
export async function loadThread(api, id) {
  const [thread, page] = await Promise.all([
    /** @type {Promise<import('../types').Thread>} */ (
      api.call('threads.get_by_id', { thread_id: id })
    ),
    itemsBefore(api, id, null),
  ]);
  // Another page may be running the tool, or may have run it, so the person decides.
  return { ...NEW_THREAD, thread, ...page, failure: waitingFor(openCall(page.items)) };
}

/**
 * Load the page of items before a cursor, oldest first. Throw ChatError.
 *
 * @param {ChatApi} api
 * @param {string} thread
 * @param {string | null} cursor null for the newest items
 * @returns {Promise<Pick<ThreadState, 'items' | 'earlier'>>}
 */
export async function itemsBefore(api, thread, cursor) {
  /** @type {import('../types').Page<Item>} */
  const page = await api.call('items.list', {
    thread_id: thread,
    order: 'desc',
    limit: PAGE,
    ...(cursor && { after: cursor }),
  });
  const earlier = (page.has_more && page.after) || null;
  return { items: page.data.toReversed(), earlier };
}
