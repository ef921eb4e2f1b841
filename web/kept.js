/**
 * A storage of the browser, or a stand-in where the browser blocks it.
 *
 * @param {'localStorage' | 'sessionStorage'} [name] the latter ends with its tab
 * @returns {Kept}
 */
export function createKept(name = 'localStorage') {
  try {
    const storage = window[name];
    storage.setItem('chatkit', '');
    return {
      blocked: false,
      get: (key) => storage.getItem(key),
      set: (key, text) => (text ? storage.setItem(key, text) : storage.removeItem(key)),
    };
  } catch {
    const here = new Map();
    return { blocked: true, get: (key) => here.get(key) ?? null, set: here.set.bind(here) };
  }
}
