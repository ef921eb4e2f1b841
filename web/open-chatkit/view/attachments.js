import { safeLink } from '../markdown/links.js';
import { h } from './dom.js';

/**
 * Return the files of a message: images as pictures, others by their names. A picture whose address
 * is unsafe or does not load is shown by its name.
 *
 * @param {import('../types').Attachment[]} attachments
 */
export function attachmentList(attachments) {
  if (attachments.length === 0) return null;
  const items = attachments.map((each) => h('li', {}, attachmentNode(each)));
  return h('ul', { class: 'attached', 'aria-label': 'Attachments' }, ...items);
}

/** @param {import('../types').Attachment} attachment */
function attachmentNode({ name, preview_url: address = '' }) {
  const file = h('span', { class: 'file' }, name);
  const src = address.startsWith('data:image/png;') ? address : safeLink(address);
  if (!src) return file;
  const onerror = () => image.replaceWith(file);
  const image = h('img', { src, alt: name, title: name, onerror });
  return image;
}
