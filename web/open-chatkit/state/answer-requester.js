import { ChatError } from '../protocol/chat-error.js';
import { Answer } from './answer.js';
import { asError, failureOf, earlyEndOf } from './failures.js';
import { afterEvent, ended, isSending } from './thread-state.js';

/**
 * @typedef {import('./thread-state').ThreadState} ThreadState
 * @typedef {import('../types').StreamEvent} StreamEvent
 */

const ACTION = 'threads.custom_action';

/** Requests answers, one at a time, and applies their events to the thread's state. */
export class AnswerRequester {
  #api;
  #store;
  #emit;
  /** @type {Answer | null} */
  #answer = null;

  /**
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {import('./thread-store').ThreadStore} store
   * @param {import('../types').Emit} emit
   */
  constructor(api, store, emit) {
    this.#api = api;
    this.#store = store;
    this.#emit = emit;
  }

  get busy() {
    return this.#answer !== null;
  }

  /** Stop the answer. The part that has arrived stays. */
  stop() {
    this.#answer?.stop();
  }

  /** Stop reading the answer. The server finishes it. */
  detach() {
    const answer = this.#answer;
    this.#answer = null;
    answer?.detach();
    if (answer) this.#emit('chatkit.response.end');
  }

  /**
   * Request an answer, starting from this state, and resolve when the answer ends. Throw if the
   * server did not accept the message, even after `detach`. Any other failure is put in the state.
   *
   * @param {ThreadState} from
   * @param {string} type
   * @param {Record<string, unknown>} params
   */
  async request(from, type, params) {
    if (this.#answer) throw new ChatError('An answer is still being written.', { code: 'busy' });
    const answer = (this.#answer = new Answer());
    const before = this.#store.state;
    this.#store.state = from;
    this.#emit('chatkit.response.start');
    /** @type {Error | null} */
    let refusal = null;
    const fault = await this.#follow(answer, type, params).catch(
      (error) => (refusal = asError(error)),
    );
    if (answer.detached) {
      if (refusal && from.items.some(isSending)) throw refusal;
      return;
    }
    const accepted = !this.#store.state.items.some(isSending);
    const last = ended(answer.started ? this.#store.state : before);
    this.#finish(fault ? { ...last, failure: failureOf(fault, accepted) } : last, fault, type);
    if (!accepted) throw fault ?? new ChatError('The message was not sent.', { code: 'stopped' });
  }

  /**
   * @param {Answer} answer
   * @param {string} type
   * @param {Record<string, unknown>} params
   * @returns {Promise<Error | null>} the error of a stream that closed normally
   */
  async #follow(answer, type, params) {
    for await (const events of answer.events(this.#api, type, params)) {
      const before = this.#store.state;
      const after = events.reduce((state, event) => this.#after(state, event), before);
      this.#store.state = after;
      const threadId = after.thread?.id ?? null;
      if (threadId !== (before.thread?.id ?? null)) {
        this.#emit('chatkit.thread.change', { threadId });
      }
    }
    return answer.stopped ? null : earlyEndOf(this.#store.state);
  }

  /**
   * @param {ThreadState} state
   * @param {StreamEvent} event
   */
  #after(state, event) {
    if (event.type === 'client_effect') {
      this.#emit('chatkit.effect', { name: event.name, data: event.data });
    }
    if (event.type === 'error') {
      const error = new ChatError(event.message ?? '', { code: event.code });
      this.#emit('chatkit.error', { error });
    }
    try {
      return afterEvent(state, event);
    } catch {
      this.#emit('chatkit.log', { name: 'event.malformed', data: { type: event.type } });
      return state;
    }
  }

  /**
   * @param {ThreadState} last the final state
   * @param {Error | null} fault
   * @param {string} type
   */
  #finish(last, fault, type) {
    this.#answer = null;
    this.#store.state = type === ACTION ? withoutRetry(last) : last;
    if (fault) this.#emit('chatkit.error', { error: fault });
    this.#emit('chatkit.response.end');
  }
}

/**
 * Return the state without its retry step. After a failed action, a retry would answer the last
 * message instead and remove the widget that the action belongs to.
 *
 * @param {ThreadState} state
 * @returns {ThreadState}
 */
function withoutRetry(state) {
  const { failure } = state;
  if (!failure) return state;
  const steps = failure.steps.filter((step) => step !== 'retry');
  return { ...state, failure: { ...failure, steps } };
}
