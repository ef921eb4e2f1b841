// Stands where OpenAI's element would: it records what it is told and does as the widget does.
class Recorder extends HTMLElement {
  told = [];
  calls = [];
  #running = new Set();

  setOptions(options) {
    this.told.push(options);
  }

  get api() {
    return this.told.at(-1).api;
  }

  connectedCallback() {
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
    this.#fire('error', { error: new Error('of the recorder') });
  }

  /** A request of the protocol; the controller is the Stop button. */
  request(type, params, controller = new AbortController()) {
    this.#running.add(controller);
    return this.api.fetch(this.api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'en' },
      body: JSON.stringify({ type, params }),
      signal: controller.signal,
    });
  }

  /** A message of a new thread; resolves at its end with all that came. */
  async say(text) {
    const input = { content: [{ type: 'input_text', text }], attachments: [], inference_options: {} };
    const answer = await this.request('threads.create', { input });
    const events = await answer.text();
    const thread = /"thr_[^"]+"/.exec(events)?.[0].slice(1, -1) ?? null;
    if (thread) this.#fire('thread.change', { threadId: thread });
    return { status: answer.status, turn: answer.headers.get('x-chatkit-turn'), events, thread };
  }
}
customElements.define('openai-chatkit', Recorder);
