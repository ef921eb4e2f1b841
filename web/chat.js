/** A chat in a page: see docs/guides/widget.md. */

import { createApiFetch } from './api-fetch.js';
import { Failure } from './failures.js';
import { createStorage } from './storage.js';
import { createNotices, find } from './notices.js';
import { loadOffers } from './offers.js';
import { widgetOptions } from './options.js';
import { createSession } from './session.js';
import { createTheme } from './theme.js';
import { createWidget } from './widget.js';

const READY_LIMIT_MS = 8000;
const DRAFT = 'chatkit-draft:';

/** @type {MountChat} */
export function mountChat(root, config) {
  const { apiUrl = location.origin, domainKey = 'local-dev', log = console.debug } = config;
  let { client = 'official' } = config;
  const frame = find(root, '.chat-frame');
  const box = find(root, '.chat-box');
  const notices = createNotices(root);
  const storage = createStorage();
  const drafts = createStorage('sessionStorage');
  const theme = createTheme(storage, showTheme);
  const newSession = () => createSession(`${apiUrl}/api/chatkit/session`, config.getIdentityToken);
  let session = newSession();
  /** @type {Widget | null} */
  let widget = null;
  let { fetch } = window;
  /** @type {Awaited<ReturnType<LoadOffers>>} */
  let offers = {};
  let key = '';
  let draftKey = '';
  let mounts = 0;
  let visible = false;
  let focusWanted = false;

  async function mount() {
    const mine = ++mounts;
    box.ariaBusy = 'true';
    try {
      const [made, { user }] = await Promise.all([create(), session.get()]);
      if (mine !== mounts) return;
      widget = made;
      key = `chatkit-thread:${user}`;
      draftKey = DRAFT + user;
      drafts.forget(DRAFT, draftKey);
      listen(made);
      remember(storage.get(key));
      showTheme();
      box.append(made);
      const offered = await loadOffers(apiUrl, session);
      if (mine !== mounts) return;
      offers = offered;
      showTheme();
    } catch (error) {
      if (mine !== mounts) return;
      box.ariaBusy = 'false';
      show(error);
      giveFocus(find(root, '.chat-notices button:enabled'));
    }
  }

  const create = () =>
    createWidget(client).catch((why) => {
      if (client === 'open') throw why;
      show(why);
      return createWidget((client = 'open'));
    });

  function unmount() {
    saveDraft();
    const old = widget;
    widget = null;
    mounts += 1;
    old?.remove();
  }

  /** Return the widget if it is ready: before that, its composer is empty. */
  const ready = () => (box.ariaBusy === 'false' ? widget : null);

  function saveDraft() {
    const text = ready()?.composerValue;
    if (draftKey && text !== undefined) drafts.set(draftKey, text);
  }

  /** Move the focus unless the user has moved it. @param {{focus: () => void}} target */
  function giveFocus(target) {
    if (focusWanted && document.activeElement === document.body) target?.focus();
    focusWanted = false;
  }

  function focus() {
    focusWanted = true;
    if (ready()) giveFocus({ focus: () => widget?.focusComposer() });
  }

  function restart() {
    ['api', 'message', 'window'].forEach(notices.clear);
    unmount();
    if (visible) mount();
  }

  /** @param {Widget} made */
  function listen(made) {
    const mounted = () => widget === made;
    const mine = draftKey;
    fetch = createApiFetch(`${apiUrl}/api/chatkit/cancel`, session, {
      mounted,
      failed: show,
      hideText: client === 'open',
      answered(turn) {
        notices.clear('api');
        // A message's notice stays while the widget reads other things.
        if (turn) notices.clear('message');
      },
    });
    const timer = setTimeout(() => mounted() && show(new Failure('silent')), READY_LIMIT_MS);
    made.addEventListener('chatkit.ready', () => {
      clearTimeout(timer);
      if (!mounted()) return;
      box.ariaBusy = 'false';
      const text = join(drafts.get(draftKey), made.composerValue);
      if (text) made.setComposerValue({ text });
      giveFocus({ focus: () => made.focusComposer() });
      log('ready');
    });
    made.addEventListener('chatkit.error', ({ detail }) => {
      log('error', detail.error);
      // Our own element shows other failures.
      if (client === 'official' && notices.none()) show(new Failure('faulty'));
    });
    made.addEventListener('open-chatkit.unsent', ({ detail }) => {
      if (mine !== draftKey) return;
      const draft = ready()?.composerValue;
      const text = join(detail.text, draft ?? drafts.get(mine));
      draft === undefined ? drafts.set(mine, text) : widget?.setComposerValue({ text });
    });
    made.addEventListener('chatkit.log', ({ detail }) => log(detail.name, detail.data));
    made.addEventListener('chatkit.thread.change', ({ detail }) => remember(detail.threadId));
  }

  /** @param {Failure} failure */
  function show(failure) {
    if (failure.kind === 'gone') remember(null);
    notices.show(failure);
  }

  /** @param {string | null} thread */
  function remember(thread) {
    storage.set(key, thread);
    find(root, '.chat-starters').hidden = !!thread;
  }

  function showTheme() {
    const scheme = (root.dataset.theme = theme.scheme());
    const { onClientTool } = config;
    const thread = storage.get(key);
    const now = { apiUrl, domainKey, fetch, thread, scheme, onClientTool, offers };
    widget?.setOptions(widgetOptions({ ...now, ...root.dataset }));
  }

  /** @type {Actions} */
  const actions = {
    restart,
    theme: theme.toggle,
    resize: () => root.classList.toggle('chat-page'),
    newChat: () => widget?.setThreadId(null),
    open() {
      frame.hidden = false;
      find(frame, 'button').focus();
    },
    minimize() {
      frame.hidden = true;
      find(root, '.chat-launcher').focus();
    },
    async fill({ textContent }) {
      await widget?.setComposerValue({ text: join(widget.composerValue, textContent) });
      await widget?.focusComposer();
    },
    use({ value }) {
      client = /** @type {Client} */ (value);
      restart();
    },
    async signIn() {
      session.end();
      session = newSession();
      await config.signIn?.();
      restart();
    },
  };

  root.onclick = async ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    if (!button) return;
    const notice = button.closest('[data-kind]');
    notice?.remove();
    await actions[button.dataset.act ?? '']?.(button);
    if (notice) focus();
  };
  addEventListener('pagehide', saveDraft);
  addEventListener('offline', () => show(new Failure('offline')));
  addEventListener('online', () => {
    show(new Failure('online'));
    widget ? widget.fetchUpdates() : restart();
  });
  // A widget does not start in a hidden box.
  new ResizeObserver(() => {
    if (visible === box.checkVisibility()) return;
    visible = !visible;
    visible ? mount() : unmount();
  }).observe(box);
  showTheme();
  if (storage.blocked) show(new Failure('storage'));

  function end() {
    session.end();
    drafts.forget(DRAFT);
    draftKey = '';
  }

  return { focus, end };
}

/** @param {...(string | null | undefined)} texts */
function join(...texts) {
  return texts.filter(Boolean).join('\n');
}
