// Replaces OpenAI's element: it records its options and calls, and behaves like the widget.
class Recorder extends HTMLElement {
  optionCalls = [];
  calls = [];
  #running = new Set();

  setOptions(options) {
    this.optionCalls.push(options);
  }

  get api() {
    return this.optionCalls.at(-1).api;
  }

  connectedCallback() {
    this.optionCallsWhenMounted = this.optionCalls.length;
    this.size = this.getBoundingClientRect().toJSON();
    if (!window.staysSilent) this.#fire('ready');
  }

  disconnectedCallback() {
    for (const controller of this.#running) controller.abort();
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(`chatkit.${name}`, { detail }));
  }

  async setThreadId(threadId) {
    this.calls.push(['setThreadId', threadId]);
    this.#fire('thread.change', { threadId });
  }

  async setComposerValue(value) {
    this.calls.push(['setComposerValue', value]);
  }

  async focusComposer() {
    this.tabIndex = -1;
    this.focus();
  }

  async fetchUpdates() {
    this.calls.push(['fetchUpdates']);
  }

  fail() {
    this.#fire('error', { error: new Error('from the recorder') });
  }

  /** Send a request of the protocol. The controller acts as the Stop button. */
  request(type, params, controller = new AbortController()) {
    this.#running.add(controller);
    return this.api.fetch(this.api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'en' },
      body: JSON.stringify({ type, params }),
      signal: controller.signal,
    });
  }

  /** Send a message in a new thread. Resolve with all events when the response ends. */
  async sendMessage(text) {
    const input = { content: [{ type: 'input_text', text }], attachments: [], inference_options: {} };
    const response = await this.request('threads.create', { input });
    const events = await response.text();
    const thread = /"thr_[^"]+"/.exec(events)?.[0].slice(1, -1) ?? null;
    if (thread) this.#fire('thread.change', { threadId: thread });
    return { status: response.status, turn: response.headers.get('x-chatkit-turn'), events, thread };
  }
}
customElements.define('openai-chatkit', Recorder);
