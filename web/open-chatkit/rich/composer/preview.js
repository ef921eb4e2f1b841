import { sheetIn } from '../../style/sheets.js';
import { h } from '../../view/dom.js';
import { isEscape } from '../../view/keys.js';
import { WidgetView } from '../items/widget.js';

/** @typedef {import('@openai/chatkit').EntitiesOption} EntitiesOption */

let shows = 0;

/**
 * Show the preview of a mention while the pointer or the focus is on it. Nothing is shown if the
 * page has none.
 *
 * @param {HTMLElement} tag
 * @param {import('@openai/chatkit').Entity} entity
 * @param {NonNullable<EntitiesOption['onRequestPreview']>} request
 */
export async function show(tag, entity, request) {
  if (tag.getAttribute('aria-describedby')) return;
  const id = `preview-${++shows}`;
  tag.setAttribute('aria-describedby', id);
  const ended = new AbortController();
  const { signal } = ended;
  const content = h('div', { class: 'widget' });
  const view = new WidgetView(content, async () => {});
  const box = h('div', { id, class: 'preview', role: 'tooltip', inert: true }, content);
  signal.addEventListener('abort', () => {
    tag.removeAttribute('aria-describedby');
    box.remove();
  });
  for (const name of ['pointerleave', 'blur']) {
    tag.addEventListener(name, () => ended.abort(), { signal });
  }
  tag.addEventListener('keydown', (event) => endByKey(event, ended), { signal });
  const { preview } = await request(entity).catch(() => ({ preview: null }));
  await sheetIn(tag.getRootNode(), 'rich');
  if (!preview) return ended.abort();
  if (signal.aborted) return;
  // The vendor's type of a widget is a union of all components.
  view.update({ id, type: 'widget', widget: /** @type {any} */ (preview) });
  tag.closest('.message')?.append(box);
}

/**
 * @param {KeyboardEvent} event
 * @param {AbortController} ended
 */
function endByKey(event, ended) {
  if (!isEscape(event)) return;
  event.stopPropagation();
  ended.abort();
}
