/** What can go wrong. The words for each kind stand in the page's markup. */

/** @type {Record<number, Kind>} */
const OF_STATUS = { 401: 'signed-out', 403: 'refused', 404: 'gone', 409: 'busy', 429: 'limited' };

/** A failure to tell; its message is the service's own, or empty. `wait` in seconds. */
export class Failure extends Error {
  /** @param {Kind} kind */
  constructor(kind, message = '', wait = 0) {
    super(message);
    this.kind = kind;
    this.wait = wait;
  }
}

/** A failure that has been shown, and has no words left for whoever hears of it next. */
export class Told extends Error {
  /** @param {number} [status] */
  constructor(status) {
    super();
    this.status = status;
  }
}

/** The failure that an answer tells. @param {Response} answer */
export async function refusal(answer) {
  const { status, headers } = answer;
  const kind = OF_STATUS[status] ?? (status < 500 ? 'invalid' : 'server');
  const body = await answer.clone().json().catch(() => null);
  if (status !== 429) return new Failure(kind, body?.message);
  // Only the service knows how long: API Gateway's own refusal has no such header.
  const wait = Number(headers.get('retry-after'));
  return new Failure(kind, wait ? body?.message : '', wait || 10);
}

/** Why no answer came, for which a browser has one TypeError. @param {string} url */
export async function noAnswer(url) {
  if (!navigator.onLine) return new Failure('offline');
  // A GET has no preflight: a site that can read its answer is admitted.
  if (await fetch(url).catch(() => null)) return new Failure('server');
  // An answer that cannot be read lacks only its CORS permission.
  const probe = fetch(url, { mode: 'no-cors' });
  return new Failure(await probe.then(() => 'cors', () => 'unreachable'));
}
