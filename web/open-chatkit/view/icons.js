const SVG = 'http://www.w3.org/2000/svg';

/** Stroke paths in a 24 by 24 box. */
const PATHS = {
  history: 'M4 6h16M4 12h10M4 18h13',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  microphone:
    'M12 4a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V7a3 3 0 0 0-3-3M6 11.5a6 6 0 0 0 12 0M12 17.5V21M9 21h6',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
  pencil: 'M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  check: 'M5 13l4 4L19 7',
  down: 'M12 5v14M6 13l6 6 6-6',
  retry: 'M20 12a8 8 0 1 1-2.5-5.8M20 4v4h-4',
  thumbUp: 'M7 11v9H4v-9zM7 11l4-8a2.5 2.5 0 0 1 2.5 2.5V9H19a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.8 20H7',
  thumbDown: 'M17 13V4h3v9zM17 13l-4 8a2.5 2.5 0 0 1-2.5-2.5V15H5a2 2 0 0 1-2-2.3l1.2-7A2 2 0 0 1 6.2 4H17',
  alert: 'M12 8v5M12 16.5v.5M12 3l9.5 17h-19z',
  info: 'M12 11v6M12 7.5v.5M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18',
  menu: 'M4 6h16M4 12h16M4 18h16',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  home: 'M4 11l8-7 8 7M6 10v10h12V10',
  sun: 'M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1 1M18 18l1 1M5 19l1-1M18 6l1-1',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  dot: 'M12 10a2 2 0 1 0 0 4a2 2 0 1 0 0-4',
};

/** The vendor's names of header icons that have a counterpart here. */
const HEADER = /** @type {Record<string, IconName>} */ ({
  'light-mode': 'sun',
  'dark-mode': 'moon',
  'settings-cog': 'settings',
  compose: 'pencil',
  hamburger: 'menu',
  'home-alt': 'home',
});

/** @typedef {keyof typeof PATHS} IconName */

/** @param {IconName} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** @param {string} name the vendor's name */
export function headerIcon(name) {
  const own = Object.keys(PATHS).find((each) => each === name);
  return icon(HEADER[name] ?? /** @type {IconName | undefined} */ (own) ?? 'dot');
}
