/** The failures. The page's markup has a text for each kind. */

/** @type {Record<number, Kind>} */
const BY_STATUS = { 401: 'signed-out', 403: 'refused', 404: 'gone', 409: 'busy', 429: 'limited' };

/** A failure to show. `message` is the service's own or empty; `wait` is in seconds. */
export class Failure extends Error {
  /** @param {Kind} kind */
  constructor(kind, message = '', wait = 0) {
    super(message);
    this.kind = kind;
    this.wait = wait;
  }
}

/** A failure that the page has shown already: its message is empty. */
export class ShownError extends Error {
  /** @param {number} [status] */
  constructor(status) {
    super();
    this.status = status;
  }
}

/** Return the failure of an error response. @param {Response} response */
export async function refusal(response) {
  const { status, headers } = response;
  const kind = BY_STATUS[status] ?? (status < 500 ? 'invalid' : 'server');
  const body = await response.clone().json().catch(() => null);
  if (status !== 429) return new Failure(kind, body?.message);
  // API Gateway's own 429 has no such header.
  const wait = Number(headers.get('retry-after'));
  return new Failure(kind, wait ? body?.message : '', wait || 10);
}

/** Return why no response came. @param {string} url */
export async function networkFailure(url) {
  if (!navigator.onLine) return new Failure('offline');
  // A GET needs no preflight: if its response is readable, CORS allows the site.
  if (await fetch(url).catch(() => null)) return new Failure('server');
  // Only an opaque response: CORS does not allow the site.
  const probe = fetch(url, { mode: 'no-cors' });
  return new Failure(await probe.then(() => 'cors', () => 'unreachable'));
}
