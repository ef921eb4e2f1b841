import { NEW_THREAD } from './thread-state.js';

/** Holds the state of the open thread and calls `changed` after each change. */
export class ThreadStore {
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
