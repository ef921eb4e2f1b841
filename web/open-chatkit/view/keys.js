/**
 * Return whether an input method takes this key, to choose or to drop what is being composed.
 *
 * Safari ends the composition before it sends the key that ended it: then only the key's code tells.
 *
 * @param {KeyboardEvent} event
 */
export function isComposed(event) {
  return event.isComposing || event.keyCode === 229;
}

/**
 * Return whether a person presses Escape for the page.
 *
 * @param {KeyboardEvent} event
 */
export function isEscape(event) {
  return event.key === 'Escape' && !isComposed(event);
}
