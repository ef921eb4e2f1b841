/** A fake service in the page. The test decides what it sends, and when. */

const THREAD = { id: 'thr_1', title: null, created_at: '2026-11-20T10:00:00Z' };

export const service = {
  /** The requested operations, as `{type, params}`. */
  requested: [],
  /** The responses of operations that do not stream, by type: a body, or `{status, body}`. */
  answers: {},
  /** The responses of the next requests only, by type. */
  once: {},
  aborted: 0,
  left: 0,

  fetch(url, { body, signal }) {
    const operation = JSON.parse(body);
    service.requested.push(operation);
    const known = service.once[operation.type] ?? service.answers[operation.type];
    delete service.once[operation.type];
    if (known?.later) return known.later.then(answer);
    if (known?.unreachable) return Promise.reject(new TypeError('Failed to fetch'));
    if (known !== undefined) return Promise.resolve(answer(known));
    if (operation.type === 'threads.get_by_id') {
      return Promise.resolve(answer({ ...THREAD, id: operation.params.thread_id }));
    }
    const empty = { data: [], has_more: false };
    if (/list$|update$|delete$/.test(operation.type)) return Promise.resolve(answer(empty));
    return Promise.resolve(stream(signal));
  },

  /** Send bytes unchanged on the open stream. */
  bytes(values) {
    service.open.enqueue(new Uint8Array(values));
  },

  text(text) {
    service.bytes(new TextEncoder().encode(text));
  },

  events(...events) {
    service.text(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
  },

  end() {
    service.open.close();
  },

  breakOff() {
    service.open.error(new TypeError('network error'));
  },
};

function answer(known) {
  const plain = typeof known.status !== 'number';
  const { status, headers = {}, body } = plain ? { status: 200, body: known } : known;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

function stream(signal) {
  const body = new ReadableStream({
    start: (controller) => (service.open = controller),
    cancel: () => (service.left += 1),
  });
  signal?.addEventListener('abort', () => {
    service.aborted += 1;
    service.open.error(signal.reason);
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
