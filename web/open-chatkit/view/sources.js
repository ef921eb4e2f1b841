import { safeLink } from '../markdown/links.js';
import { linkTo } from '../markdown/render.js';
import { h } from './dom.js';

/** @typedef {import('../types').Source} Source */

/**
 * Return the sources of an answer as the items of a numbered list, each source once. Beside its
 * name, a link shows where it leads.
 *
 * @param {Source[]} sources
 */
export function citations(sources) {
  const distinct = new Map(sources.map((source) => [nameOf(source) + source.url, source]));
  return [...distinct.values()].map((source) => {
    const href = safeLink(source.url);
    const from = source.attribution || (href && new URL(href).hostname);
    return h('li', {}, sourceNode(source), from && h('span', { class: 'aside' }, ` ${from}`));
  });
}

/**
 * Return a source, as a link if its address is safe.
 *
 * @param {Source} source
 */
export function sourceNode(source) {
  const name = nameOf(source);
  const href = safeLink(source.url);
  return href ? linkTo(href, name) : h('span', {}, name);
}

/** @param {Source} source */
function nameOf({ title, filename, url }) {
  return title || filename || url || 'Source';
}
