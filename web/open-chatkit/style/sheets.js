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

/**
 * Return the stylesheets as elements for a shadow root, and a promise that resolves when each has
 * loaded or failed. An unstyled chat is better than none.
 */
export function sheets() {
  const links = SHEETS.map((name) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL(`${name}.css`, import.meta.url).href;
    return link;
  });
  const settled = links.map(
    (link) => new Promise((resolve) => (link.onload = link.onerror = () => resolve(null))),
  );
  return { links, loaded: Promise.all(settled) };
}
