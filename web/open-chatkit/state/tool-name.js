/**
 * Return the words in a tool's name, for the person.
 *
 * @param {string} name
 */
export function wordsOf(name) {
  return name.replaceAll(/[_-]+/g, ' ').trim() || name;
}
