/** localStorage, or a stand-in where the browser blocks it. @returns {Kept} */
export function createKept() {
  try {
    localStorage.setItem('chatkit', '');
    return {
      blocked: false,
      get: (key) => localStorage.getItem(key),
      set: (key, text) => (text ? localStorage.setItem(key, text) : localStorage.removeItem(key)),
    };
  } catch {
    const here = new Map();
    return { blocked: true, get: (key) => here.get(key) ?? null, set: here.set.bind(here) };
  }
}
