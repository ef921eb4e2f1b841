/**
 * Apply the theme in the options to an element. Without a color scheme, the element follows the
 * page's own `color-scheme`.
 *
 * @param {HTMLElement} element
 * @param {import('../types').Options['theme']} option
 */
export function applyTheme(element, option) {
  const theme = typeof option === 'string' ? { colorScheme: option } : (option ?? {});
  const { colorScheme, color, typography, radius, density } = theme;
  mark(element, 'scheme', colorScheme);
  mark(element, 'radius', radius);
  mark(element, 'density', density);
  const { fontFamily, fontFamilyMono, baseSize } = typography ?? {};
  const values = {
    '--accent': color?.accent?.primary,
    '--surface': color?.surface?.background,
    '--text': color?.surface?.foreground,
    '--font': fontFamily,
    '--font-mono': fontFamilyMono,
    '--size': baseSize && `${baseSize}px`,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value) element.style.setProperty(name, value);
    else element.style.removeProperty(name);
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {string | undefined} value
 */
function mark(element, name, value) {
  if (value) element.dataset[name] = value;
  else delete element.dataset[name];
}
