/** The client_secret: in memory only, renewed before it ends, once for however many ask. */

import { Failure, noAnswer, refusal } from './failures.js';

const MINUTE = 60_000;

/** @type {CreateSession} */
export function createSession(url, getIdentityToken) {
  /** @type {OpenSession | undefined} */
  let held;
  /** @type {Promise<OpenSession> | undefined} */
  let renewal;
  let renewAt = 0;

  async function open() {
    const token = await getIdentityToken().catch(() => null);
    if (!token) throw new Failure('signed-out');
    const answer = await signed(token, url, { method: 'POST' }).catch(() => null);
    if (!answer) throw await noAnswer(url);
    if (!answer.ok) throw await refusal(answer);
    const opened = await answer.json();
    // Within bounds, because the clock here may be wrong.
    const left = Math.max(opened.expires_at * 1000 - Date.now(), 2 * MINUTE);
    renewAt = performance.now() + Math.min(left, 10 * MINUTE) - MINUTE;
    return (held = opened);
  }

  /** @param {OpenSession} [refused] */
  async function get(refused) {
    if (held && held !== refused && performance.now() < renewAt) return held;
    return (renewal ??= open().finally(() => (renewal = undefined)));
  }

  return {
    get,
    async fetch(target, request) {
      const open = await get();
      const answer = await signed(open.client_secret, target, request);
      if (answer.status !== 401) return answer;
      return signed((await get(open)).client_secret, target, request);
    },
    end() {
      const bye = { method: 'DELETE', keepalive: true };
      if (held) signed(held.client_secret, url, bye).catch(() => {});
    },
  };
}

/** @type {Signed} */
function signed(token, url, request) {
  const headers = new Headers(request.headers);
  headers.set('authorization', `Bearer ${token}`);
  return fetch(url, { ...request, headers });
}
