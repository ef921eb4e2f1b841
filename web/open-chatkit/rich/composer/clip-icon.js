import { icon } from '../../view/icons.js';

const PATH = 'M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.7 17a1.7 1.7 0 0 1-2.4-2.4l7.2-7.1';

/** Return a paper clip, which only the rich composer needs. */
export function clipIcon() {
  const svg = icon('dot');
  svg.querySelector('path')?.setAttribute('d', PATH);
  return svg;
}
