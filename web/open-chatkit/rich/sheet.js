/**
 * Add the stylesheet of the rich composer to the chat's shadow root. Return a promise that resolves
 * when it has loaded or failed: without it, the parts still work.
 *
 * @param {HTMLElement} chat
 */
export function addSheet(chat) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL('../style/rich-composer.css', import.meta.url).href;
  const loaded = new Promise((resolve) => (link.onload = link.onerror = () => resolve(null)));
  chat.before(link);
  return loaded;
}
