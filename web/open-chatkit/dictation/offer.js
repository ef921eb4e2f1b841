import { sheetIn } from '../style/sheets.js';
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
  await sheetIn(composer.element.getRootNode(), 'dictation');
  const dictation = new Dictation(composer, transcribe);
  composer.add(dictation.element);
  return dictation;
}
