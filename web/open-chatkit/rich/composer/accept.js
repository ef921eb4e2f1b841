/** Which files the page accepts. */

const DEFAULT_SIZE = 100 * 1024 * 1024;
const DEFAULT_COUNT = 10;
const UNITS = ['bytes', 'KB', 'MB', 'GB'];

/** @typedef {NonNullable<import('@openai/chatkit').ComposerOption['attachments']>} Accepted */

/**
 * Return why the page does not accept a file, or null.
 *
 * @param {File} file
 * @param {Accepted} accepted
 */
export function refusalOf(file, accepted) {
  const name = `“${file.name}”`;
  const limit = sizeLimit(mimeOf(file, accepted), accepted);
  if (!entryOf(file, accepted)) {
    return `${name} is not of an accepted type. Accepted: ${describe(accepted)}.`;
  }
  if (file.size === 0) return `${name} is empty.`;
  if (file.size > limit) return `${name} is larger than ${sizeText(limit)}.`;
  return null;
}

/** @param {Accepted} accepted */
export function countLimit({ maxCount = DEFAULT_COUNT }) {
  return maxCount;
}

/**
 * Return the file's MIME type. Browsers do not know each one, for example Markdown's.
 *
 * @param {File} file
 * @param {Accepted} accepted
 */
export function mimeOf(file, accepted) {
  const [pattern = ''] = entryOf(file, accepted) ?? [];
  if (file.type) return file.type;
  return pattern && !pattern.includes('*') ? pattern : 'application/octet-stream';
}

/**
 * Return the `accept` attribute of a file input.
 *
 * @param {Accepted} accepted
 */
export function acceptAttribute({ accept = {} }) {
  return Object.entries(accept)
    .flatMap(([type, extensions]) => (extensions.length > 0 ? extensions : [type]))
    .join(',');
}

/** @param {number} bytes */
export function sizeText(bytes) {
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const amount = bytes / 1024 ** unit;
  return `${amount < 10 ? Math.round(amount * 10) / 10 : Math.round(amount)} ${UNITS[unit]}`;
}

/**
 * Return the accepted type that a file belongs to. The extensions decide where there are some.
 *
 * @param {File} file
 * @param {Accepted} accepted
 * @returns {[string, string[]] | undefined}
 */
function entryOf({ name, type }, { accept }) {
  if (!accept) return ['*/*', []];
  const lower = name.toLowerCase();
  return Object.entries(accept).find(([pattern, extensions]) =>
    extensions.length > 0
      ? extensions.some((each) => lower.endsWith(each.toLowerCase()))
      : matches(type, pattern),
  );
}

/**
 * @param {string} type
 * @param {Accepted} accepted
 */
function sizeLimit(type, { maxSize = DEFAULT_SIZE }) {
  if (typeof maxSize === 'number') return maxSize;
  const found = Object.entries(maxSize).find(([pattern]) => matches(type, pattern));
  return found?.[1] ?? maxSize['*'] ?? maxSize[''] ?? DEFAULT_SIZE;
}

/**
 * @param {string} type
 * @param {string} pattern
 */
function matches(type, pattern) {
  if (pattern === '*/*') return true;
  return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** @param {Accepted} accepted */
function describe(accepted) {
  return acceptAttribute(accepted).replaceAll(',', ', ');
}
