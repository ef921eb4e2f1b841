/**
 * Creates all elements, from names, attributes and text only, so that data from the server is never
 * parsed as HTML.
 *
 * @typedef {Node | string | null | false | undefined} Child null, false and '' are skipped
 * @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>}
 *   Attributes a function is a listener (`onclick`); true is an empty attribute; null and false
 *   are skipped
 */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, String(value));
    }
  }
  element.append(...present(children));
  return element;
}

/**
 * Return text for screen readers only.
 *
 * @param {string} text
 */
export function visuallyHidden(text) {
  return h('span', { class: 'visually-hidden' }, text);
}

/**
 * Give an element these children. Children that stay keep their focus and selection.
 *
 * @param {Element} element
 * @param {Child[]} children
 */
export function fill(element, children) {
  const wanted = present(children);
  const staying = new Set(wanted);
  for (const child of [...element.childNodes]) if (!staying.has(child)) child.remove();
  wanted.forEach((child, index) => {
    const current = element.childNodes[index] ?? null;
    if (child === current) return;
    if (typeof child === 'string') element.insertBefore(document.createTextNode(child), current);
    else element.insertBefore(child, current);
  });
}

/** @param {Child[]} children */
function present(children) {
  return children.flatMap((child) => (child ? [child] : []));
}
