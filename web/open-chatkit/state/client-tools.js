import { asError } from './failures.js';

/** @typedef {import('../types').ToolCallItem} ToolCallItem */

/** Runs the tools of the page, each call once. */
export class ClientTools {
  #handler;
  #emit;
  /** @type {Map<string, Promise<unknown>>} */
  #results = new Map();

  /**
   * @param {() => import('../types').Options['onClientTool']} handler the page's `onClientTool`
   * @param {import('../types').Emit} emit
   */
  constructor(handler, emit) {
    this.#handler = handler;
    this.#emit = emit;
  }

  /**
   * Return the result of a call, or `{error}` if its tool fails: the assistant reads either. A call
   * that was made before is not made again.
   *
   * @param {ToolCallItem} call
   * @returns {Promise<unknown>}
   */
  resultOf(call) {
    const result = this.#results.get(call.id) ?? this.#run(call);
    this.#results.set(call.id, result);
    return result;
  }

  /** @param {ToolCallItem} call */
  async #run({ name, arguments: params = {} }) {
    try {
      const run = this.#handler();
      if (!run) throw new Error(`This page has no tool named ${name}.`);
      // A result that JSON cannot hold counts as a failure of the tool.
      return JSON.parse(JSON.stringify((await run({ name, params })) ?? null));
    } catch (error) {
      const { message } = asError(error);
      this.#emit('chatkit.log', { name: 'client_tool.failed', data: { tool: name, message } });
      return { error: message };
    }
  }
}
