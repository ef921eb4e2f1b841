import { h } from './dom.js';

/**
 * Return a part of a user's message: its text, or a mention with "@" before its title. If the page
 * can show more about the mention, it is a button.
 *
 * @param {import('../types').UserPart} part
 * @param {import('../types').Options['entities']} entities
 */
export function partNode(part, entities) {
  if (part.type !== 'input_tag') return part.text;
  const text = part.text.replace(/^@?/, '@');
  const { onClick, onRequestPreview } = entities ?? {};
  const entity = entityOf(part);
  if (!part.interactive || !(onClick || onRequestPreview)) return h('span', { class: 'tag' }, text);
  const onclick = () => onClick?.(entity);
  const tag = h('button', { type: 'button', class: 'tag', onclick }, text);
  if (onRequestPreview) {
    const show = async () => (await import('../rich/composer/preview.js')).show(tag, entity, onRequestPreview);
    for (const name of ['pointerenter', 'focus', 'click']) tag.addEventListener(name, show);
  }
  return tag;
}

/**
 * @param {import('../types').UserPart} part
 * @returns {import('@openai/chatkit').Entity}
 */
function entityOf({ id = '', text, group, interactive, data = {} }) {
  // A tag's data are texts, as the vendor's types want them.
  const texts = /** @type {Record<string, string>} */ (data);
  return { id, title: text, interactive, data: texts, ...(group && { group }) };
}
