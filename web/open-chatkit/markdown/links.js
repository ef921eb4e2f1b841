const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
// What URL parsers drop or fold is how a forbidden scheme hides in an allowed one.
const UNFIT = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff\\]/;

/**
 * The address, if a link to it may be shown: absolute http, https or mailto, and no name before an
 * `@` that a reader would take for the host.
 *
 * @param {unknown} address
 * @returns {string | null}
 */
export function safeLink(address) {
  if (typeof address !== 'string' || UNFIT.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  const honest = url.username === '' && url.password === '';
  return SCHEMES.has(url.protocol) && honest ? url.href : null;
}

/**
 * The address at the start of a text, as GFM finds one: to the next space or `<`, without the
 * punctuation and the unbalanced bracket at its end.
 *
 * @param {string} text
 * @returns {string} empty when the text begins with no address
 */
export function bareAddress(text) {
  const [found = ''] = /^https?:\/\/[^\s<]{1,2000}/.exec(text) ?? [];
  let address = found;
  for (;;) {
    const trimmed = address.replace(/[?!.,:;*_~'"]+$/, '');
    const unbalanced =
      trimmed.endsWith(')') && trimmed.split(')').length > trimmed.split('(').length;
    const shorter = unbalanced ? trimmed.slice(0, -1) : trimmed;
    if (shorter === address) return safeLink(address) ? address : '';
    address = shorter;
  }
}
