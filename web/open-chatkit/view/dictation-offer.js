/** Loads the microphone button when the page first offers dictation. */
export class DictationOffer {
  #composer;
  #transcribe;
  #enabled = false;
  /** @type {Promise<import('../dictation/dictation').Dictation | null> | undefined} */
  #loaded;

  /**
   * @param {import('./composer').ComposerView} composer
   * @param {import('../dictation/dictation').Transcribe} transcribe
   */
  constructor(composer, transcribe) {
    this.#composer = composer;
    this.#transcribe = transcribe;
  }

  /** @param {boolean} enabled */
  async update(enabled) {
    this.#enabled = enabled;
    if (enabled) this.#loaded ??= this.#load();
    const dictation = await this.#loaded;
    if (dictation) dictation.offered = this.#enabled;
  }

  async #load() {
    // A chat without dictation is better than none.
    const loaded = await import('../dictation/offer.js').catch(() => null);
    return loaded && loaded.offerDictation(this.#composer, this.#transcribe);
  }
}
