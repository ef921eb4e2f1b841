import { ChatError } from '../protocol/chat-error.js';
import { Answer } from './answer.js';
import { asError, failureOf, faultAtEnd } from './failures.js';
import { afterEvent, ended, isSending } from './thread-state.js';

/**
 * @typedef {import('./thread-state').ThreadState} ThreadState
 * @typedef {import('../types').StreamEvent} StreamEvent
 */

const ACTION = 'threads.custom_action';

/** Asks for answers, one at a time, and plays what is streamed into the scene. */
export class Answering {
  #api;
  #scene;
  #tell;
  /** @type {Answer | null} */
  #answer = null;

  /**
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {import('./scene').Scene} scene
   * @param {import('../types').Tell} tell
   */
  constructor(api, scene, tell) {
    this.#api = api;
    this.#scene = scene;
    this.#tell = tell;
  }

  get busy() {
    return this.#answer !== null;
  }

  /** Stops the answer; what there is of it stays. */
  stop() {
    this.#answer?.stop();
  }

  /** Hears no more of the answer, which the server goes on making. */
  leave() {
    const answer = this.#answer;
    this.#answer = null;
    answer?.leave();
    if (answer) this.#tell('chatkit.response.end');
  }

  /**
   * Asks, from this state on, and returns when no more comes. Raises when the server has not taken
   * the message that was to be sent, also after the answer was left; any other failure becomes part
   * of the state.
   *
   * @param {ThreadState} from
   * @param {string} type
   * @param {Record<string, unknown>} params
   */
  async hear(from, type, params) {
    if (this.#answer) throw new ChatError('An answer is still being made.', { code: 'busy' });
    const answer = (this.#answer = new Answer());
    const before = this.#scene.state;
    this.#scene.state = from;
    this.#tell('chatkit.response.start');
    /** @type {Error | null} */
    let refusal = null;
    const fault = await this.#follow(answer, type, params).catch(
      (error) => (refusal = asError(error)),
    );
    if (answer.left) {
      if (refusal && from.items.some(isSending)) throw refusal;
      return;
    }
    const taken = !this.#scene.state.items.some(isSending);
    const last = ended(answer.begun ? this.#scene.state : before);
    this.#finish(fault ? { ...last, failure: failureOf(fault, taken) } : last, fault, type);
    if (!taken) throw fault ?? new ChatError('The message was not sent.', { code: 'stopped' });
  }

  /**
   * @param {Answer} answer
   * @param {string} type
   * @param {Record<string, unknown>} params
   * @returns {Promise<Error | null>} what is wrong with a stream that ended in order
   */
  async #follow(answer, type, params) {
    for await (const events of answer.events(this.#api, type, params)) {
      const before = this.#scene.state;
      const after = events.reduce((state, event) => this.#after(state, event), before);
      this.#scene.state = after;
      const threadId = after.thread?.id ?? null;
      if (threadId !== (before.thread?.id ?? null)) {
        this.#tell('chatkit.thread.change', { threadId });
      }
    }
    return answer.stopped ? null : faultAtEnd(this.#scene.state);
  }

  /**
   * @param {ThreadState} state
   * @param {StreamEvent} event
   */
  #after(state, event) {
    if (event.type === 'client_effect') {
      this.#tell('chatkit.effect', { name: event.name, data: event.data });
    }
    if (event.type === 'error') {
      const error = new ChatError(event.message ?? '', { code: event.code });
      this.#tell('chatkit.error', { error });
    }
    try {
      return afterEvent(state, event);
    } catch {
      this.#tell('chatkit.log', { name: 'event.malformed', data: { type: event.type } });
      return state;
    }
  }

  /**
   * @param {ThreadState} last the state to stay with
   * @param {Error | null} fault
   * @param {string} type
   */
  #finish(last, fault, type) {
    this.#answer = null;
    this.#scene.state = type === ACTION ? withoutRetry(last) : last;
    if (fault) this.#tell('chatkit.error', { error: fault });
    this.#tell('chatkit.response.end');
  }
}

/**
 * Another answer to the last message would not be what a failed action asked for, and would take
 * away what it belongs to.
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
