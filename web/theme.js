/** Light and dark: as the system says, until the person does. @type {CreateTheme} */
export function createTheme(kept, changed) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.onchange = changed;
  const system = () => (dark.matches ? 'dark' : 'light');
  const scheme = () => /** @type {Scheme} */ (kept.get('chatkit-theme') ?? system());
  return {
    scheme,
    toggle() {
      const wanted = scheme() === 'dark' ? 'light' : 'dark';
      kept.set('chatkit-theme', wanted === system() ? null : wanted);
      changed();
    },
  };
}
