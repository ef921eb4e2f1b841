/** Light or dark: the system's choice until the user makes one. @type {CreateTheme} */
export function createTheme(storage, changed) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.onchange = changed;
  const system = () => (dark.matches ? 'dark' : 'light');
  const scheme = () => /** @type {Scheme} */ (storage.get('chatkit-theme') ?? system());
  return {
    scheme,
    toggle() {
      const wanted = scheme() === 'dark' ? 'light' : 'dark';
      storage.set('chatkit-theme', wanted === system() ? null : wanted);
      changed();
    },
  };
}
