/**
 * A plain client of the ChatKit protocol, for where the vendor's cannot be had: import this module,
 * then use `<open-chatkit>` as you would `<openai-chatkit>`.
 *
 * protocol/ is the wire, state/ what is known of a thread, markdown/ text as a tree, view/ the
 * elements, style/ their looks. Nothing here reads HTML: elements are made in view/dom.js alone.
 */

import { OpenChatKit } from './element.js';

// A page may import this from more than one place.
if (!customElements.get('open-chatkit')) customElements.define('open-chatkit', OpenChatKit);

export { OpenChatKit };
