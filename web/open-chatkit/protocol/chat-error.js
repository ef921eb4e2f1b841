/** A request that failed, in words for the person who made it. */
export class ChatError extends Error {
  /**
   * @param {string} message
   * @param {{code?: string, status?: number, cause?: unknown}} [details] `status` of the HTTP
   *   answer, none when there was no answer
   */
  constructor(message, { code, status, cause } = {}) {
    super(message, { cause });
    this.name = 'ChatError';
    this.code = code ?? 'unknown';
    this.status = status;
  }
}

/**
 * What an answer that is no success says: `{"message", "code"}` with our backend, anything with
 * what stands in front of it.
 *
 * @param {Response} response
 */
export async function refusal(response) {
  const body = await response.json().catch(() => null);
  const said = typeof body?.message === 'string' ? body.message : '';
  const code = typeof body?.code === 'string' ? body.code : `http_${response.status}`;
  // The service's own words say how long to wait.
  const message = said || [sentenceFor(response.status), waitOf(response)].join(' ').trim();
  return new ChatError(message, { code, status: response.status });
}

/** @param {number} status */
function sentenceFor(status) {
  if (status === 401) return 'You are not signed in any more. Please sign in again.';
  if (status === 429) return 'That was too fast.';
  if (status >= 500) return 'The service has a problem. Please try again.';
  return `The service refused this request (${status}).`;
}

/** @param {Response} response */
function waitOf(response) {
  const seconds = Number(response.headers.get('retry-after'));
  if (!(seconds > 0)) return '';
  return `Please wait ${seconds === 1 ? 'a second' : `${Math.ceil(seconds)} seconds`}.`;
}
