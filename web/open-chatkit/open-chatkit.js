/**
 * A simple client of the ChatKit protocol, for pages that cannot load the vendor's. Import this
 * module, then use `<open-chatkit>` like `<openai-chatkit>`.
 *
 * protocol/ talks to the server, state/ holds the thread, markdown/ parses text into a tree, view/
 * renders elements and style/ has their CSS. rich/ has what loads on first use. Only view/dom.js
 * creates elements, and nothing parses HTML.
 */

import { OpenChatKit } from './element.js';

// A page may load this module from more than one URL.
if (!customElements.get('open-chatkit')) customElements.define('open-chatkit', OpenChatKit);

export { OpenChatKit };
