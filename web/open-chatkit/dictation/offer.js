import { Dictation } from './dictation.js';
import { canRecord } from './recorder.js';

/**
 * Add a microphone button to a composer, if the browser can record. Resolve when it is styled.
 *
 * @param {import('./dictation').Host & {add: (element: HTMLElement) => void}} composer
 * @param {import('./dictation').Transcribe} transcribe
 * @returns {Promise<Dictation | null>}
 */
export async function offerDictation(composer, transcribe) {
  if (!canRecord()) return null;
  await style(composer.element.getRootNode());
  const dictation = new Dictation(composer, transcribe);
  composer.add(dictation.element);
  return dictation;
}

/** @param {Node} root the shadow root of the chat */
function style(root) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL('dictation.css', import.meta.url).href;
  const settled = new Promise((resolve) => (link.onload = link.onerror = resolve));
  root.appendChild(link);
  return settled;
}
