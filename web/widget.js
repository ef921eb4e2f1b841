/** The chat window: OpenAI's element, or ours instead. */

import { Failure } from './failures.js';

const SCRIPT = 'https://cdn.platform.openai.com/deployments/chatkit/chatkit.js';
const LIMIT_MS = 8000;

/** @param {Client} client */
export async function createWidget(client) {
  const name = client === 'open' ? 'open-chatkit' : 'openai-chatkit';
  if (client === 'official') await load(name);
  else await import('./open-chatkit/open-chatkit.js').catch(() => { throw new Failure('missing') });
  return /** @type {Widget} */ (document.createElement(name));
}

/** @param {string} name */
function load(name) {
  const script = Object.assign(document.createElement('script'), { src: SCRIPT });
  return new Promise((resolve, reject) => {
    customElements.whenDefined(name).then(resolve);
    if (customElements.get(name)) return;
    /** @type {Kind} */
    let kind = 'blocked';
    script.onload = () => (kind = 'undefined');
    script.onerror = () => reject(new Failure(kind));
    setTimeout(script.onerror, LIMIT_MS);
    document.head.append(script);
  });
}
