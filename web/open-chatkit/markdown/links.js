const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
// URL parsers drop or fold these characters, so they can hide a forbidden scheme.
const FORBIDDEN = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff\\]/;
// No host name contains a quotation mark or a look-alike of a slash.
const FORBIDDEN_IN_HOST = /^\w+:\/\/[^/?#]*[^\0-\x7f\p{L}\p{M}\p{N}]/u;
// RFC 3986 without quotation marks, plus letters of all scripts, which browsers show unescaped.
const ADDRESS = /^https?:\/\/(?:[!#-;=?-[\]_a-{}~]|[^\0-\x7f\P{L}]|\p{M}|\p{N}){1,2000}/u;
// In a script without spaces, words can follow a domain directly.
const WORDS_AFTER = /^(https?:\/\/(?:[^/?#.]+\.)+[a-z]+)[^\0-\x7f\p{sc=Latin}].*$/su;
const BRACKETS = ['()', '[]', '{}'];
const PUNCTUATION = "?!.,:;*_~'";

/**
 * Return the address if a link to it is safe, else null. A safe address is absolute http, https or
 * mailto, and has no name before an `@` that a reader could mistake for the host.
 *
 * @param {unknown} address
 * @returns {string | null}
 */
export function safeLink(address) {
  if (typeof address !== 'string') return null;
  if (FORBIDDEN.test(address) || FORBIDDEN_IN_HOST.test(address)) return null;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const noUserInfo = url.username === '' && url.password === '';
  return SCHEMES.has(url.protocol) && noUserInfo ? url.href : null;
}

/**
 * Return the address at the start of a text, without the quotation marks, the punctuation and the
 * unbalanced brackets that belong to the sentence around it. Extends GFM's "Autolinks".
 *
 * @param {string} text
 * @returns {{address: string, read: number}} `address` is empty if the text does not start with
 *   one; `read` is the number of characters that were examined
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
