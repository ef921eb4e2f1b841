/** A chat in a page: see docs/guides/widget.md. */

import { createApiFetch } from './api-fetch.js';
import { Failure } from './failures.js';
import { createKept } from './kept.js';
import { createNotices, part } from './notices.js';
import { widgetOptions } from './options.js';
import { createSession } from './session.js';
import { createTheme } from './theme.js';
import { createWidget } from './widget.js';

const READY_LIMIT = 8000;
const DRAFT = 'chatkit-draft:';

/** @type {MountChat} */
export function mountChat(root, config) {
  const { apiUrl = location.origin, domainKey = 'local-dev', log = console.debug } = config;
  let { client = 'official' } = config;
  const frame = part(root, '.chat-frame');
  const box = part(root, '.chat-box');
  const notices = createNotices(root);
  const kept = createKept();
  const drafts = createKept('sessionStorage');
  const theme = createTheme(kept, showTheme);
  const newSession = () => createSession(`${apiUrl}/api/chatkit/session`, config.getIdentityToken);
  let session = newSession();
  /** @type {Widget | null} */
  let widget = null;
  let { fetch } = window;
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
      remember(kept.get(key));
      showTheme();
      box.append(made);
    } catch (error) {
      if (mine !== mounts) return;
      box.ariaBusy = 'false';
      tell(error);
      giveFocus(part(root, '.chat-notices button:enabled'));
    }
  }

  const create = () =>
    createWidget(client).catch((why) => {
      if (client === 'open') throw why;
      tell(why);
      return createWidget((client = 'open'));
    });

  function unmount() {
    keepDraft();
    const former = widget;
    widget = null;
    mounts += 1;
    former?.remove();
  }

  /** Return the widget once it is ready: until then its composer is empty. */
  const ready = () => (box.ariaBusy === 'false' ? widget : null);

  function keepDraft() {
    const text = ready()?.composerValue;
    if (draftKey && text !== undefined) drafts.set(draftKey, text);
  }

  /** Leaves the focus where a person has put it meanwhile. @param {{focus: () => void}} place */
  function giveFocus(place) {
    if (focusWanted && document.activeElement === document.body) place?.focus();
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
      failed: tell,
      alone: client === 'open',
      answered(turn) {
        notices.clear('api');
        // A refused message stays refused while the widget reads other things.
        if (turn) notices.clear('message');
      },
    });
    const late = setTimeout(() => mounted() && tell(new Failure('silent')), READY_LIMIT);
    made.addEventListener('chatkit.ready', () => {
      clearTimeout(late);
      if (!mounted()) return;
      box.ariaBusy = 'false';
      const text = lines(drafts.get(draftKey), made.composerValue);
      if (text) made.setComposerValue({ text });
      giveFocus({ focus: () => made.focusComposer() });
      log('ready');
    });
    made.addEventListener('chatkit.error', ({ detail }) => {
      log('error', detail.error);
      // Our own element shows what the page has not.
      if (client === 'official' && notices.none()) tell(new Failure('faulty'));
    });
    made.addEventListener('open-chatkit.unsent', ({ detail }) => {
      if (mine !== draftKey) return;
      const draft = ready()?.composerValue;
      const text = lines(detail.text, draft ?? drafts.get(mine));
      draft === undefined ? drafts.set(mine, text) : widget?.setComposerValue({ text });
    });
    made.addEventListener('chatkit.log', ({ detail }) => log(detail.name, detail.data));
    made.addEventListener('chatkit.thread.change', ({ detail }) => remember(detail.threadId));
  }

  /** @param {Failure} failure */
  function tell(failure) {
    if (failure.kind === 'gone') remember(null);
    notices.say(failure);
  }

  /** @param {string | null} thread */
  function remember(thread) {
    kept.set(key, thread);
    part(root, '.chat-starters').hidden = !!thread;
  }

  function showTheme() {
    const scheme = (root.dataset.theme = theme.scheme());
    const now = { apiUrl, domainKey, fetch, thread: kept.get(key), scheme };
    widget?.setOptions(widgetOptions({ ...now, ...root.dataset }));
  }

  /** @type {Acts} */
  const acts = {
    restart,
    theme: theme.toggle,
    resize: () => root.classList.toggle('chat-page'),
    newChat: () => widget?.setThreadId(null),
    open() {
      frame.hidden = false;
      part(frame, 'button').focus();
    },
    minimise() {
      frame.hidden = true;
      part(root, '.chat-launcher').focus();
    },
    async fill({ textContent }) {
      await widget?.setComposerValue({ text: lines(widget.composerValue, textContent) });
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
    const pressed = target instanceof Element && target.closest('button');
    if (!pressed) return;
    const notice = pressed.closest('[data-kind]');
    notice?.remove();
    await acts[pressed.dataset.act ?? '']?.(pressed);
    if (notice) focus();
  };
  addEventListener('pagehide', keepDraft);
  addEventListener('offline', () => tell(new Failure('offline')));
  addEventListener('online', () => {
    tell(new Failure('online'));
    widget ? widget.fetchUpdates() : restart();
  });
  // A widget does not start in a box that is hidden, whoever hid it.
  new ResizeObserver(() => {
    if (visible === box.checkVisibility()) return;
    visible = !visible;
    visible ? mount() : unmount();
  }).observe(box);
  showTheme();
  if (kept.blocked) tell(new Failure('storage'));

  function end() {
    session.end();
    drafts.forget(DRAFT);
    draftKey = '';
  }

  return { focus, end };
}

/** @param {...(string | null | undefined)} texts */
function lines(...texts) {
  return texts.filter(Boolean).join('\n');
}
