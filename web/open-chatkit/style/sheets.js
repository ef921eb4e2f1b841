const SHEETS = [
  'theme',
  'layout',
  'messages',
  'markdown',
  'progress',
  'controls',
  'cards',
  'questions',
];

/** @type {WeakMap<Node, Map<string, Promise<unknown>>>} */
const added = new WeakMap();

/**
 * Return the stylesheets as elements for a shadow root, and a promise that resolves when each has
 * loaded or failed. An unstyled chat is better than none.
 */
export function sheets() {
  const all = SHEETS.map(sheet);
  return {
    links: all.map(({ link }) => link),
    loaded: Promise.all(all.map(({ settled }) => settled)),
  };
}

/**
 * Add a stylesheet to a shadow root, once. Resolve when it has loaded or failed.
 *
 * @param {Node} root
 * @param {string} name
 */
export async function sheetIn(root, name) {
  if (!(root instanceof ShadowRoot)) return;
  const known = added.get(root) ?? new Map();
  added.set(root, known);
  if (!known.has(name)) {
    const { link, settled } = sheet(name);
    known.set(name, settled);
    [...root.querySelectorAll('link')].at(-1)?.after(link);
  }
  await known.get(name);
}

/** @param {string} name */
function sheet(name) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL(`${name}.css`, import.meta.url).href;
  const settled = new Promise((resolve) => (link.onload = link.onerror = () => resolve(null)));
  return { link, settled };
}
