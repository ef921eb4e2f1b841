import { NEW_THREAD } from './thread-state.js';

/**
 * @typedef {import('../types').Item} Item
 * @typedef {import('./thread-state').ThreadState} ThreadState
 * @typedef {import('../protocol/chat-api').ChatApi} ChatApi
 */

const PAGE = 30;

/**
 * A thread as it is stored, with its newest items. Raises ChatError.
 *
 * `threads.get_by_id` brings the oldest items, so the newest are asked for on their own.
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
  return { ...NEW_THREAD, thread, ...page };
}

/**
 * A page of the items before a cursor, oldest first. Raises ChatError.
 *
 * @param {ChatApi} api
 * @param {string} thread
 * @param {string | null} cursor null: the newest
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
