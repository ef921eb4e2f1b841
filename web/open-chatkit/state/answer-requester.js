import { ChatError } from '../protocol/chat-error.js';
import { Answer } from './answer.js';
import { asError, earlyEndOf, failureOf, unusableResult, waitingFor } from './failures.js';
import { openCall } from './pending-items.js';
import { afterEvent, ended, isSending } from './thread-state.js';

/**
 * @typedef {import('./thread-state').ThreadState} ThreadState
 * @typedef {import('../types').StreamEvent} StreamEvent
 */

const ACTION = 'threads.custom_action';
const TOOL_OUTPUT = 'threads.add_client_tool_output';

/**
 * Requests answers, one at a time, and applies their events to the thread's state. An answer that
 * waits for a tool of the page continues with the tool's result.
 */
export class AnswerRequester {
  #api;
  #store;
  #tools;
  #emit;
  /** @type {Answer | null} */
  #answer = null;

  /**
   * @param {import('../protocol/chat-api').ChatApi} api
   * @param {import('./thread-store').ThreadStore} store
   * @param {import('./client-tools').ClientTools} tools
   * @param {import('../types').Emit} emit
   */
  constructor(api, store, tools, emit) {
    this.#api = api;
    this.#store = store;
    this.#tools = tools;
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
   * server did not accept what was sent; after `detach`, only if that was a message. Any other
   * failure is put in the state.
   *
   * @param {ThreadState} from
   * @param {string} type
   * @param {Record<string, unknown>} params
   * @param {(state: ThreadState) => boolean} [isAccepted] whether the server has what was sent
   */
  async request(from, type, params, isAccepted) {
    const begin = (/** @type {Answer} */ answer) => this.#read(answer, { type, params });
    // An earlier call may have been made already.
    await this.#run(from, begin, new Set(from.items.map(({ id }) => id)), isAccepted);
  }

  /**
   * Run the tool that this state waits for, and resolve when the rest of the answer ends.
   *
   * @param {ThreadState} from
   */
  async continueWithTool(from) {
    await this.#run(from, async () => {}, new Set());
  }

  /**
   * @param {ThreadState} from
   * @param {(answer: Answer) => Promise<void>} begin
   * @param {Set<string>} known items whose calls are not made
   * @param {(state: ThreadState) => boolean} [isAccepted]
   */
  async #run(from, begin, known, isAccepted = () => true) {
    if (this.#answer) throw new ChatError('An answer is still being written.', { code: 'busy' });
    const answer = (this.#answer = new Answer());
    const before = this.#store.state;
    this.#store.state = from;
    this.#emit('chatkit.response.start');
    /** @type {Error | null} */
    let refusal = null;
    const followed = begin(answer).then(() => this.#useTools(answer, known));
    const fault = await followed.catch((error) => (refusal = asError(error)));
    if (answer.detached) {
      if (refusal && !answer.started && from.items.some(isSending)) throw refusal;
      return;
    }
    const accepted = isAccepted(this.#store.state);
    const last = ended(answer.started ? this.#store.state : before);
    const failure = fault ? failureOf(fault, accepted, answer.type) : last.failure;
    this.#finish({ ...last, failure }, fault, answer.type);
    if (!accepted) throw fault ?? new ChatError('The request was not sent.', { code: 'stopped' });
  }

  /**
   * Run the tools that the answer waits for, one after another.
   *
   * @param {Answer} answer
   * @param {Set<string>} known
   * @returns {Promise<Error | null>} the error of a stream that closed normally
   */
  async #useTools(answer, known) {
    while (!answer.stopped && !answer.detached) {
      const call = openCall(this.#store.state.items);
      if (!call || known.has(call.id)) return earlyEndOf(this.#store.state);
      known.add(call.id);
      await this.#useTool(answer, call);
    }
    return null;
  }

  /**
   * Run a tool of the page and read how the answer continues. A result that comes after a stop is
   * not sent. Instead of a result that the server cannot take, send an error once.
   *
   * @param {Answer} answer
   * @param {import('../types').ToolCallItem} call
   */
  async #useTool(answer, call) {
    const result = await Promise.race([this.#tools.resultOf(call), answer.whenStopped]);
    if (answer.stopped) return;
    const used = { ...call, status: /** @type {const} */ ('completed') };
    const send = (/** @type {unknown} */ output) =>
      this.#read(
        answer,
        {
          type: TOOL_OUTPUT,
          params: { thread_id: call.thread_id, result: output },
          // Without it, a repeated request would give the result to the next call.
          metadata: { item_id: call.id },
        },
        [{ type: 'thread.item.replaced', item: used }],
      );
    await send(result).catch((error) => send({ error: unusableResult(error) }));
  }

  /**
   * @param {Answer} answer
   * @param {import('../protocol/chat-api').Operation} operation
   * @param {StreamEvent[]} [accepted] what has happened once the server accepts the request
   */
  async #read(answer, operation, accepted = []) {
    let first = accepted;
    for await (const events of answer.events(this.#api, operation)) {
      this.#apply([...first, ...events]);
      first = [];
    }
    if (!answer.stopped && !answer.detached) this.#apply(first);
  }

  /** @param {StreamEvent[]} events */
  #apply(events) {
    const before = this.#store.state;
    const after = events.reduce((state, event) => this.#after(state, event), before);
    this.#store.state = after;
    const threadId = after.thread?.id ?? null;
    if (threadId !== (before.thread?.id ?? null)) {
      this.#emit('chatkit.thread.change', { threadId });
    }
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
    const state = { ...last, failure: last.failure ?? waitingFor(openCall(last.items)) };
    this.#store.state = type === ACTION ? withoutRetry(state) : state;
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
