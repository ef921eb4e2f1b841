import { markdown } from '../markdown/render.js';
import { openQuestion } from '../state/pending-items.js';
import { Announcer } from './announcer.js';
import { ComposerView } from './composer.js';
import { DictationOffer } from './dictation-offer.js';
import { fill, h } from './dom.js';
import { HeaderView, iconButton } from './header.js';
import { HistoryView } from './history.js';
import { icon } from './icons.js';
import { isEscape } from './keys.js';
import { LogView } from './log.js';
import { spoken } from './message.js';
import { nameOf } from './question-text.js';
import { startScreen } from './start.js';
import { applyTheme } from './theme.js';

/**
 * @typedef {import('../types').Options} Options
 * @typedef {object} ChatActions what a user can do here
 * @property {(message: import('../types').Message) => Promise<void>} send throws if the server did
 *   not accept it
 * @property {import('../rich/composer/rich-composer').Services} services
 * @property {import('./items').ItemActions['entities']} entities
 * @property {() => void} stop
 * @property {() => void} newThread
 * @property {() => void} toggleHistory
 * @property {() => Promise<void>} earlier
 * @property {() => void} focusComposer
 * @property {import('../rich/items/widget').Act} act
 * @property {import('../rich/items/question').Submit} submit
 * @property {import('./feedback').Rate} rate
 * @property {import('./notices').Steps} steps
 * @property {import('./history').HistoryActions} history
 */

/** The whole chat: header, history, log and composer. */
export class ChatView {
  #actions;
  #announcer = new Announcer();
  #header;
  #log;
  #retry;
  #usesTools = h('span', { id: 'uses-tools' });
  #foot = h('div');
  #closed = h('p', { class: 'closed', role: 'status' });
  #startScreen = h('div');
  #dictation;
  #responding = false;
  /** @type {import('../types').AssistantMessage | undefined} the last answer before this one */
  #previousAnswer;
  /** @type {import('../types').QuestionItem | null} the open question before this answer */
  #previousQuestion = null;
  /** @type {Options | null} */
  #options = null;
  /** @type {Promise<import('../rich/composer/rich-composer').RichComposer | null> | null} */
  #rich = null;

  /** @param {ChatActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#header = new HeaderView({ history: actions.toggleHistory, newThread: actions.newThread });
    this.#log = new LogView(actions);
    const retry = iconButton('Answer again', icon('retry'), actions.steps.retry);
    retry.setAttribute('aria-describedby', this.#usesTools.id);
    this.#retry = h('div', { class: 'after' }, retry, this.#usesTools);
    this.composer = new ComposerView(actions.send, actions.stop);
    this.#dictation = new DictationOffer(this.composer, (params) =>
      actions.services.call('input.transcribe', params),
    );
    this.history = new HistoryView(actions.history);
    const { element: log } = this.#log;
    const main = h(
      'div',
      { class: 'main' },
      this.#header.element,
      log,
      this.composer.element,
      h('div', { class: 'foot' }, this.#closed, this.#foot),
    );
    this.element = h(
      'section',
      { class: 'chat' },
      this.history.element,
      main,
      this.#announcer.element,
    );
    main.addEventListener('keydown', (event) => this.#key(event));
    for (const name of ['pointerup', 'keyup']) {
      log.addEventListener(name, (event) => void this.#offerReply(event));
    }
  }

  /** Return what makes a message more than text, loaded on first use; null if it cannot load. */
  rich() {
    return (this.#rich ??= this.#loadRich().catch(() => (this.#rich = null)));
  }

  async #loadRich() {
    const { RichComposer } = await import('../rich/composer/rich-composer.js');
    const rich = new RichComposer(this.composer, this.element, this.#actions.services);
    await rich.styled;
    this.composer.extend(rich);
    if (this.#options) rich.update(this.#options);
    return rich;
  }

  /** @param {Event} event */
  async #offerReply(event) {
    if (event instanceof KeyboardEvent && event.key === 'Escape') return;
    if (document.getSelection()?.type === 'Range') (await this.rich())?.offerReply();
  }

  get historyShown() {
    return !this.history.element.hidden;
  }

  /** Whether the shown list of chats covers the thread. */
  get historyCovers() {
    return this.history.element.offsetWidth >= this.element.clientWidth;
  }

  /** Open or close the list of chats and move the focus there or back. */
  showHistory(/** @type {boolean} */ open) {
    this.history.element.hidden = !open;
    this.element.classList.toggle('with-history', open);
    if (open) this.history.focus();
    else this.#header.focusHistory();
  }

  /** Scroll to the end of the thread. */
  scrollToEnd() {
    this.#log.scrollToEnd();
  }

  /**
   * @param {Options} options
   * @param {import('../state/conversation').Conversation} conversation
   */
  update(options, conversation) {
    if (options !== this.#options) this.#apply(options);
    const { state, responding, loading } = conversation;
    const { thread, items } = state;
    const empty = !thread && !loading && items.length === 0;
    const answer = lastAnswer(items);
    const question = openQuestion(items);
    const closed = closedBy(thread);
    const mayRetry = options.threadItemActions?.retry && answer && !question && !closed;
    const warning = usedTools(items) ? 'Tools may run again. Their earlier changes stay.' : '';
    if (this.#usesTools.textContent !== warning) this.#usesTools.textContent = warning;
    this.#log.update(state, {
      responding,
      loading,
      start: empty ? this.#startScreen : null,
      after: mayRetry && !state.failure ? this.#retry : null,
    });
    this.#header.update(options.header, {
      title: options.header?.title?.text ?? (thread ? thread.title || 'Chat' : 'New chat'),
      history: options.history?.enabled !== false,
      open: this.historyShown,
      empty,
    });
    const reason = closed?.reason ?? '';
    if (this.#closed.textContent !== reason) this.#closed.textContent = reason;
    this.composer.update({
      responding,
      stoppable: state.stoppable,
      placeholder: closed?.sentence ?? options.composer?.placeholder ?? 'Message the AI',
      closed: closed !== null,
    });
    this.#announce(responding, answer, question);
  }

  /** @param {Options} options */
  #apply(options) {
    this.#options = options;
    applyTheme(this.element, options.theme);
    this.element.setAttribute('aria-label', options.frameTitle ?? 'Chat');
    this.#startScreen = startScreen(options.startScreen, this.#actions.send);
    this.element.classList.toggle('rated', options.threadItemActions?.feedback === true);
    const { disclaimer, composer, entities } = options;
    if (composer?.attachments?.enabled || composer?.tools || composer?.models || entities) {
      void this.rich();
    }
    void this.#rich?.then((rich) => rich?.update(options));
    fill(this.#foot, [disclaimer && markdown(disclaimer.text)]);
    this.#dictation.update(options.composer?.dictation?.enabled === true);
  }

  /**
   * @param {boolean} responding
   * @param {import('../types').AssistantMessage | undefined} answer
   * @param {import('../types').QuestionItem | null} question
   */
  #announce(responding, answer, question) {
    if (responding && !this.#responding) {
      this.#previousAnswer = answer;
      this.#previousQuestion = question;
    }
    const ended = this.#responding && !responding;
    this.#responding = responding;
    if (!ended) return;
    const said = answer && answer !== this.#previousAnswer ? [spoken(answer)] : [];
    if (question && question.id !== this.#previousQuestion?.id) {
      said.push(nameOf(question.inputs));
      if (this.composer.isIdle) this.#log.focusItem(question.id);
    }
    if (said.length > 0) this.#announcer.announce(said.join('\n'));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!isEscape(event) || !this.#responding) return;
    event.preventDefault();
    this.#actions.stop();
  }
}

/**
 * Return the assistant's last message since the last question, even if other items follow it.
 *
 * @param {readonly import('../types').Item[]} items
 */
function lastAnswer(items) {
  return sinceQuestion(items).findLast((item) => item.type === 'assistant_message');
}

/**
 * Return whether tools ran since the last question. Another answer does not undo their changes.
 *
 * @param {readonly import('../types').Item[]} items
 */
function usedTools(items) {
  return sinceQuestion(items).some((item) => item.type === 'workflow');
}

/** @param {readonly import('../types').Item[]} items */
function sinceQuestion(items) {
  return items.slice(items.findLastIndex((item) => item.type === 'user_message') + 1);
}

/**
 * Return why the thread takes no more messages, or null if it does.
 *
 * @param {import('../types').Thread | null} thread
 */
function closedBy(thread) {
  const status = thread?.status;
  if (!status || status.type === 'active') return null;
  const sentence = status.type === 'locked' ? 'This chat is locked.' : 'This chat is closed.';
  return { sentence, reason: status.reason ?? '' };
}
