import { fill, h, visuallyHidden } from '../view/dom.js';
import { iconButton } from '../view/header.js';
import { icon } from '../view/icons.js';
import { isEscape } from '../view/keys.js';
import { DictationNotice } from './notice.js';
import { Recorder } from './recorder.js';
import { audioParams, isPassing } from './request.js';

/**
 * @typedef {object} Host where the text goes
 * @property {HTMLElement} element the composer
 * @property {(text: string) => void} insert inserts a text at the cursor
 * @property {() => void} focus
 *
 * @typedef {(params: import('./request').AudioParams) => Promise<{text: string}>} Transcribe throws
 *   an error with a message for the user, and an HTTP status if there was a response
 */

/** A microphone button, which becomes the controls of a recording while one is made. */
export class Dictation {
  #host;
  #transcribe;
  #start = iconButton('Dictate', icon('microphone'), () => this.#record());
  #cancel = iconButton('Cancel dictation', icon('close'), () => this.#end());
  #finish = iconButton('Finish dictation', icon('check'), () => this.#send());
  #time = h('span', { class: 'time', 'aria-hidden': 'true' });
  #state = h('span', { class: 'state', role: 'status' });
  #notice;
  /** @type {Recorder | null} */
  #recorder = null;
  /** Changes when a dictation ends, so that whatever it still waits for is ignored. */
  #run = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;

  element = h('div', { class: 'dictation' });

  /**
   * @param {Host} host
   * @param {Transcribe} transcribe
   */
  constructor(host, transcribe) {
    this.#host = host;
    this.#transcribe = transcribe;
    this.#notice = new DictationNotice(host);
    fill(this.element, [this.#state, this.#start]);
    host.element.addEventListener('keydown', (event) => this.#key(event), { capture: true });
  }

  /** Offer dictation, or end the one that runs and offer none. */
  set offered(/** @type {boolean} */ offered) {
    this.element.hidden = !offered;
    if (!offered) this.#reset();
  }

  async #record() {
    const run = this.#begin();
    const recorder = new Recorder(() => this.#send());
    this.#recorder = recorder;
    this.#show('Waiting for the microphone', [this.#cancel]);
    // Safari does not focus a button that is clicked.
    this.#cancel.focus();
    try {
      await recorder.start();
    } catch (error) {
      if (run === this.#run) this.#fail(error);
      return;
    }
    if (run !== this.#run) return;
    this.#show('Recording', [this.#time, this.#cancel, this.#finish]);
    if (this.#cancel.matches(':focus')) this.#finish.focus();
    this.#count();
  }

  async #send() {
    const recorder = this.#recorder;
    if (!recorder) return;
    this.#recorder = null;
    clearInterval(this.#clock);
    const run = this.#run;
    this.#show('Transcribing', [this.#cancel]);
    const recording = await recorder.finish();
    if (run !== this.#run) return;
    if (recording.size > 0) await this.#request(recording);
    else this.#fail(new Error('The recording is empty. Please record it again.'));
  }

  /** @param {Blob} recording */
  async #request(recording) {
    const run = this.#run;
    try {
      const { text } = await this.#transcribe(await audioParams(recording));
      if (run !== this.#run) return;
      const stays = this.#hasFocus;
      this.#reset();
      this.#host.insert(text);
      if (stays) this.#host.focus();
    } catch (error) {
      if (run === this.#run) this.#fail(error, isPassing(error) ? recording : undefined);
    }
  }

  /**
   * @param {Error} error
   * @param {Blob} [recording] may be sent again
   */
  #fail(error, recording) {
    const stays = this.#hasFocus;
    this.#reset();
    const retry = this.#notice.show(error.message, recording && (() => this.#again(recording)));
    if (stays) (retry ?? this.#host).focus();
  }

  /** @param {Blob} recording */
  #again(recording) {
    this.#begin();
    this.#show('Transcribing', [this.#cancel]);
    this.#cancel.focus();
    void this.#request(recording);
  }

  /** @returns {number} the number of the dictation that begins */
  #begin() {
    this.#reset();
    this.#notice.clear();
    return this.#run;
  }

  /** End the dictation because the user wants it. */
  #end() {
    this.#reset();
    this.#host.focus();
  }

  #reset() {
    this.#run += 1;
    clearInterval(this.#clock);
    this.#recorder?.cancel();
    this.#recorder = null;
    this.#show('', [this.#start]);
  }

  /**
   * @param {string} state for screen readers; it is visible as well, except while recording
   * @param {HTMLElement[]} controls
   */
  #show(state, controls) {
    const recording = controls.includes(this.#time);
    this.element.classList.toggle('recording', recording);
    const focused = this.element.matches(':focus-within');
    fill(this.#state, [recording ? visuallyHidden(state) : state]);
    fill(this.element, [this.#state, ...controls]);
    // Move the focus on from a button that has gone.
    if (focused && !this.element.matches(':focus-within')) controls.at(-1)?.focus();
  }

  /** Whether the user has stayed in the composer. */
  get #hasFocus() {
    return this.#host.element.matches(':focus-within');
  }

  #count() {
    const begun = Date.now();
    const tick = () => {
      // A chat that left the page must not continue to listen.
      if (!this.element.isConnected) return this.#reset();
      const seconds = Math.floor((Date.now() - begun) / 1000);
      this.#time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    };
    tick();
    this.#clock = setInterval(tick, 500);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!isEscape(event) || this.#start.isConnected) return;
    // It would also stop an answer.
    event.preventDefault();
    event.stopPropagation();
    this.#end();
  }
}
