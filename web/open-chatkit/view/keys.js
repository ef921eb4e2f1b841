/**
 * Return whether an input method uses this key to confirm or cancel a composition.
 *
 * Safari ends the composition before it sends the key event, so only the key code shows it.
 *
 * @param {KeyboardEvent} event
 */
export function isComposed(event) {
  return event.isComposing || event.keyCode === 229;
}

/**
 * Return whether the key is Escape and meant for the page.
 *
 * @param {KeyboardEvent} event
 */
export function isEscape(event) {
  return event.key === 'Escape' && !isComposed(event);
}
