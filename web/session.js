/** The client_secret: kept in memory, renewed before it expires, one renewal at a time. */

import { Failure, networkFailure, refusal } from './failures.js';

const MINUTE = 60_000;

/** @type {CreateSession} */
export function createSession(url, getIdentityToken) {
  /** @type {OpenSession | undefined} */
  let current;
  /** @type {Promise<OpenSession> | undefined} */
  let renewal;
  let renewAt = 0;

  async function open() {
    const token = await getIdentityToken().catch(() => null);
    if (!token) throw new Failure('signed-out');
    const response = await signed(token, url, { method: 'POST' }).catch(() => null);
    if (!response) throw await networkFailure(url);
    if (!response.ok) throw await refusal(response);
    const opened = await response.json();
    // Bounded, because this clock may be wrong.
    const left = Math.max(opened.expires_at * 1000 - Date.now(), 2 * MINUTE);
    renewAt = performance.now() + Math.min(left, 10 * MINUTE) - MINUTE;
    return (current = opened);
  }

  /** @param {OpenSession} [refused] */
  async function get(refused) {
    if (current && current !== refused && performance.now() < renewAt) return current;
    return (renewal ??= open().finally(() => (renewal = undefined)));
  }

  return {
    get,
    async fetch(target, request) {
      const open = await get();
      const response = await signed(open.client_secret, target, request);
      if (response.status !== 401) return response;
      return signed((await get(open)).client_secret, target, request);
    },
    end() {
      const request = { method: 'DELETE', keepalive: true };
      if (current) signed(current.client_secret, url, request).catch(() => {});
    },
  };
}

/** @type {Signed} */
function signed(token, url, request) {
  const headers = new Headers(request.headers);
  headers.set('authorization', `Bearer ${token}`);
  return fetch(url, { ...request, headers });
}
