/**
 * A storage of the browser, or a stand-in where the browser blocks it.
 *
 * @param {'localStorage' | 'sessionStorage'} [name] the latter ends with its tab
 * @returns {Kept}
 */
export function createKept(name = 'localStorage') {
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
    forget(start, spared) {
      for (const key of Object.keys(texts))
        if (key.startsWith(start) && key !== spared) delete texts[key];
    },
  };
}
