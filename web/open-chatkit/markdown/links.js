const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
// What URL parsers drop or fold is how a forbidden scheme hides in an allowed one.
const UNFIT = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff\\]/;
// A quotation mark or a look-alike of a slash is no part of any host's name.
const UNFIT_HOST = /^\w+:\/\/[^/?#]*[^\0-\x7f\p{L}\p{M}\p{N}]/u;
// RFC 3986 without quotation marks, and the letters of all scripts, which browsers show undecoded.
const ADDRESS = /^https?:\/\/(?:[!#-;=?-[\]_a-{}~]|[^\0-\x7f\P{L}]|\p{M}|\p{N}){1,2000}/u;
// Words of a script without spaces go on right after a domain.
const WORDS_AFTER = /^(https?:\/\/(?:[^/?#.]+\.)+[a-z]+)[^\0-\x7f\p{sc=Latin}].*$/su;
const BRACKETS = ['()', '[]', '{}'];
const PUNCTUATION = "?!.,:;*_~'";

/**
 * The address, if a link to it may be shown: absolute http, https or mailto, and no name before an
 * `@` that a reader would take for the host.
 *
 * @param {unknown} address
 * @returns {string | null}
 */
export function safeLink(address) {
  if (typeof address !== 'string' || UNFIT.test(address) || UNFIT_HOST.test(address)) return null;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const honest = url.username === '' && url.password === '';
  return SCHEMES.has(url.protocol) && honest ? url.href : null;
}

/**
 * Return the address at the start of a text, without the quotation marks, the punctuation and the
 * unbalanced brackets that belong to the sentence around it. Extends GFM's "Autolinks".
 *
 * @param {string} text
 * @returns {{address: string, read: number}} an empty address when the text begins with none;
 *   `read`: how many characters were looked at
 */
export function bareAddress(text) {
  const [found = ''] = ADDRESS.exec(text) ?? [];
  const whole = found.replace(WORDS_AFTER, '$1');
  const address = whole.slice(0, endOf(whole));
  return { address: safeLink(address) ? address : '', read: found.length };
}

/** @param {string} address */
function endOf(address) {
  const count = (/** @type {string} */ mark) => address.split(mark).length;
  const unbalanced = new Map(
    BRACKETS.map(([opening, closing]) => [closing, count(closing) - count(opening)]),
  );
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1];
    const left = unbalanced.get(last) ?? 0;
    if (left > 0) unbalanced.set(last, left - 1);
    else if (!PUNCTUATION.includes(last)) break;
  }
  return end;
}
