/**
 * The one way in which elements are made here: by name, attribute and text, so that nothing that
 * came over the wire is ever read as HTML.
 *
 * @typedef {Node | string | null | false | undefined} Child nothing is made of null, false, ''
 * @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>}
 *   Attributes a function is a listener (`onclick`); true is an empty attribute; null and false
 *   are none
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
 * Text that only a screen reader says.
 *
 * @param {string} text
 */
export function unseen(text) {
  return h('span', { class: 'unseen' }, text);
}

/**
 * Give an element these children. What stays is not touched: it keeps its focus and its selection.
 *
 * @param {Element} element
 * @param {Child[]} children
 */
export function fill(element, children) {
  const wanted = present(children);
  const staying = new Set(wanted);
  for (const child of [...element.childNodes]) if (!staying.has(child)) child.remove();
  wanted.forEach((child, index) => {
    const there = element.childNodes[index] ?? null;
    if (child === there) return;
    if (typeof child === 'string') element.insertBefore(document.createTextNode(child), there);
    else element.insertBefore(child, there);
  });
}

/** @param {Child[]} children */
function present(children) {
  return children.flatMap((child) => (child ? [child] : []));
}
