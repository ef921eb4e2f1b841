const FOCUSABLE = 'a[href], button:enabled, input, select, textarea, summary, [tabindex="0"]';

/**
 * Keep the focus in place while a list's content changes. If the focused element disappears, move
 * the focus to the next element with the same name (the next task's "Done"), else to the nearest
 * one in the same child of the list, else to that child.
 *
 * @param {HTMLElement} list
 * @param {() => void} change
 * @param {() => void} lost called if the child has disappeared as well
 */
export function keepFocus(list, change, lost) {
  const focused = focusedIn(list);
  const child = focused && [...list.children].find((each) => each.contains(focused));
  if (!focused || !(child instanceof HTMLElement)) return change();
  const all = focusablesOf(child);
  const place = all.indexOf(focused);
  const name = nameOf(focused);
  const rank = all.slice(0, place).filter((each) => nameOf(each) === name).length;
  change();
  // The change may have moved the focus itself.
  if (/** @type {ShadowRoot} */ (list.getRootNode()).activeElement) return;
  if (!child.isConnected) return lost();
  const left = focusablesOf(child);
  const alike = left.filter((each) => nameOf(each) === name);
  const next = nearest(alike, rank) ?? nearest(left, place) ?? child;
  if (next === child) child.tabIndex = -1;
  next.focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} list
 * @returns {HTMLElement | null}
 */
function focusedIn(list) {
  return list.querySelector(':focus');
}

/**
 * @param {HTMLElement} element
 * @returns {HTMLElement[]}
 */
function focusablesOf(element) {
  return [...element.querySelectorAll(FOCUSABLE)].filter((each) => each instanceof HTMLElement);
}

/** @param {HTMLElement} element */
function nameOf(element) {
  return element.ariaLabel ?? element.textContent;
}

/**
 * @param {HTMLElement[]} elements
 * @param {number} place
 */
function nearest(elements, place) {
  return elements[Math.min(place, elements.length - 1)];
}
