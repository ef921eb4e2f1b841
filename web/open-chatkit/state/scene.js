import { NEW_THREAD } from './thread-state.js';

/** Holds the state of the thread on the screen, and calls `changed` with each new one. */
export class Scene {
  #state = NEW_THREAD;
  #changed;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  get state() {
    return this.#state;
  }

  set state(state) {
    this.#state = state;
    this.#changed();
  }
}
