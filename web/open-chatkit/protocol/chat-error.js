/** A failed request, with a message for the user. */
export class ChatError extends Error {
  /**
   * @param {string} message
   * @param {{code?: string, status?: number, cause?: unknown}} [details] `status` is the HTTP
   *   status, undefined if there was no response
   */
  constructor(message, { code, status, cause } = {}) {
    super(message, { cause });
    this.name = 'ChatError';
    this.code = code ?? 'unknown';
    this.status = status;
  }
}

/**
 * Return the ChatError of an unsuccessful response. Our backend sends `{"message", "code"}`;
 * a proxy in front of it may send anything.
 *
 * @param {Response} response
 */
export async function refusal(response) {
  const body = await response.json().catch(() => null);
  const own = typeof body?.message === 'string' ? body.message : '';
  const code = typeof body?.code === 'string' ? body.code : `http_${response.status}`;
  // The service's own message includes the wait.
  const message = own || [sentenceFor(response.status), waitOf(response)].join(' ').trim();
  return new ChatError(message, { code, status: response.status });
}

/** @param {number} status */
function sentenceFor(status) {
  if (status === 401) return 'You are no longer signed in. Please sign in again.';
  if (status === 429) return 'Too many requests.';
  if (status >= 500) return 'The service has a problem. Please try again.';
  return `The service refused this request (${status}).`;
}

/** @param {Response} response */
function waitOf(response) {
  const seconds = Number(response.headers.get('retry-after'));
  if (!(seconds > 0)) return '';
  return `Please wait ${seconds === 1 ? 'a second' : `${Math.ceil(seconds)} seconds`}.`;
}
