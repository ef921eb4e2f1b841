/** The widget's `fetch`: each request is signed, and an abort stops the model too. */

import { Told, noAnswer, refusal } from './failures.js';

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
      const answer = await session.fetch(url, { ...init, signal: ours.signal });
      turn = answer.headers.get('x-chatkit-turn') ?? '';
      if (signal?.aborted) stop();
      else if (answer.ok) listener.answered(turn);
      else {
        listener.failed(await refusal(answer));
        if (listener.alone) throw new Told(answer.status);
      }
      return answer;
    }

    return new Promise((resolve, reject) => {
      // Only its head tells the answer's turn: after an earlier abort it is awaited, unseen.
      const abort = () => (turn && stop(), reject(signal?.reason));
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      exchange().then(resolve, async (error) => {
        reject(listener.alone && !signal?.aborted ? new Told(error.status) : error);
        if (signal?.aborted || error instanceof Told) return;
        listener.failed(error.kind ? error : await noAnswer(`${url}`));
      });
    });
  };
}
