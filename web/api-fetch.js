/** The widget's `fetch`: it signs each request, and an abort also stops the model. */

import { ShownError, networkFailure, refusal } from './failures.js';

/** @type {CreateApiFetch} */
export function createApiFetch(cancelUrl, session, listener) {
  return (url, init = {}) => {
    const { signal } = init;
    const ours = new AbortController();
    let turn = '';

    function stop() {
      ours.abort();
      if (!turn || !listener.mounted()) return;
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ turn_id: turn });
      const cancel = session.fetch(cancelUrl, { method: 'POST', headers, body, keepalive: true });
      cancel.catch(() => {});
    }

    async function exchange() {
      const response = await session.fetch(url, { ...init, signal: ours.signal });
      turn = response.headers.get('x-chatkit-turn') ?? '';
      if (signal?.aborted) stop();
      else if (response.ok) listener.answered(turn);
      else {
        listener.failed(await refusal(response));
        if (listener.hideText) throw new ShownError(response.status);
      }
      return response;
    }

    return new Promise((resolve, reject) => {
      // Only the response headers name the turn: after an earlier abort, wait for them.
      const abort = () => (turn && stop(), reject(signal?.reason));
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      exchange().then(resolve, async (error) => {
        reject(listener.hideText && !signal?.aborted ? new ShownError(error.status) : error);
        if (signal?.aborted || error instanceof ShownError) return;
        listener.failed(error.kind ? error : await networkFailure(`${url}`));
      });
    });
  };
}
