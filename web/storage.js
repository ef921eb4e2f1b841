/**
 * The browser's storage, or one in memory if the browser blocks it.
 *
 * @param {'localStorage' | 'sessionStorage'} [name] `sessionStorage` lasts as long as its tab
 * @returns {TextStorage}
 */
export function createStorage(name = 'localStorage') {
  /** @type {Record<string, string>} */
  let texts = {};
  let blocked = false;
  try {
    texts = window[name];
    texts.chatkit = '';
  } catch {
    texts = {};
    blocked = true;
  }
  return {
    blocked,
    get: (key) => texts[key] ?? null,
    set: (key, text) => (text ? (texts[key] = text) : delete texts[key]),
    forget(prefix, except) {
      for (const key of Object.keys(texts))
        if (key.startsWith(prefix) && key !== except) delete texts[key];
    },
  };
}
