import { h } from '../../view/dom.js';

/**
 * Return a button that copies a text, and says whether it did.
 *
 * @param {string} text
 */
export function copyControl(text) {
  const said = h('span', { role: 'status' });
  const copy = async () => {
    said.textContent = '';
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = 'Copied';
    } catch {
      // Without HTTPS or permission, there is no clipboard.
      said.textContent = 'The text could not be copied.';
    }
  };
  const button = h('button', { type: 'button', class: 'button', onclick: copy }, 'Copy');
  return h('div', { class: 'row aside' }, button, said);
}
