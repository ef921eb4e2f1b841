/** A page with the chat, whose service the test controls. */

import '/open-chatkit/open-chatkit.js';
import { service } from './service.js';

const EVENTS = [
  'chatkit.ready',
  'chatkit.error',
  'chatkit.effect',
  'chatkit.log',
  'chatkit.thread.change',
  'chatkit.thread.load.start',
  'chatkit.thread.load.end',
  'chatkit.response.start',
  'chatkit.response.end',
  'chatkit.history.open',
  'chatkit.history.close',
  'chatkit.tool.change',
];
const THREAD_KEY = 'thread';
const OWN = `a article blockquote br button code del details div em fieldset form h2 h3 h4 h5 h6
  header hr i img input label legend li link nav ol option p path pre progress section select span
  strong summary svg table tbody td textarea th thead tr ul`.split(/\s+/);

const host = {
  service,
  /** The events that the chat dispatched, in order. */
  events: [],
  /** Calls of the page's own functions. */
  called: [],

  /** Mount a chat with these options. Resolve when it is ready. */
  mount(options, fetch = service.fetch) {
    const chat = document.createElement('open-chatkit');
    for (const name of EVENTS) chat.addEventListener(name, (event) => record(name, event.detail));
    host.chat = chat;
    host.options = { api: { url: '/chatkit', domainKey: 'local', fetch }, ...options };
    chat.setOptions(host.options);
    const ready = new Promise((resolve) => chat.addEventListener('chatkit.ready', resolve));
    document.querySelector('main').append(chat);
    return ready;
  },

  /** Mount a chat whose page has tools. The test ends each call with `host.tool`. */
  mountWithTools(options) {
    const onClientTool = (call) => {
      host.called.push(call);
      return new Promise((resolve, reject) => (host.tool = { resolve, reject }));
    };
    return host.mount({ ...options, onClientTool });
  },

  /** Mount a chat whose page finds these entities and has these previews, by id. */
  mountWithEntities(options, found, previews = {}) {
    const entities = {
      onTagSearch: async (query) => {
        host.called.push({ search: query });
        const known = found[query] ?? [];
        if (known === 'later') return new Promise((resolve) => (host.finds = resolve));
        if (known === 'fails') throw new Error('No search today.');
        return known;
      },
      onRequestPreview: async ({ id }) => ({ preview: previews[id] ?? null }),
      onClick: (entity) => host.called.push({ clicked: entity }),
      showComposerMenu: true,
    };
    return host.mount({ ...options, entities });
  },

  /** Return a transfer with these files: `{name, type, text}`. */
  transferOf(files) {
    const transfer = new DataTransfer();
    for (const { name, type, text } of files) transfer.items.add(new File([text], name, { type }));
    return transfer;
  },

  /** Return everything in the chat's shadow tree that the chat does not create itself. */
  foreign() {
    return [...host.chat.shadowRoot.querySelectorAll('*')].flatMap((element) => {
      const { localName: name } = element;
      const placed = { svg: '.icon', img: '.attached *, .picture *' }[name] ?? '*';
      const own = OWN.includes(name) && element.matches(placed);
      const attributes = [...element.attributes].filter((each) => !harmless(name, each));
      return [...(own ? [] : [name]), ...attributes.map((each) => `${each.name}=${each.value}`)];
    });
  },

  /** Sign in at the local stack and mount a chat that reopens its thread after a reload. */
  async signIn(user, options) {
    const { token } = await post('/local/token', { user });
    const { client_secret } = await post('/api/chatkit/session', {}, token);
    const signed = (url, request) =>
      fetch(url, {
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${client_secret}` },
      });
    await host.mount({ initialThread: localStorage.getItem(THREAD_KEY), ...options }, signed);
  },
};

function harmless(element, { name, value }) {
  if (element === 'img' && name === 'src') return /^(https?:\/\/|data:image\/png;)/.test(value);
  if (/^on|^src|^action$|^formaction$|^xlink/.test(name)) return false;
  return name !== 'href' || element === 'link' || /^(https?:\/\/|mailto:)/.test(value);
}

function record(name, detail) {
  const error = detail?.error && { message: detail.error.message, code: detail.error.code };
  host.events.push([name, error ? { error } : (detail ?? null)]);
  if (name !== 'chatkit.thread.change') return;
  if (detail.threadId) localStorage.setItem(THREAD_KEY, detail.threadId);
  else localStorage.removeItem(THREAD_KEY);
}

async function post(path, body, token) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

window.host = host;
