// How far from the end a reader still counts as being there, in pixels.
const NEAR = 40;

/** Keeps a box at its end while the reader is there, and where he is when he is not. */
export class ScrollKeeper {
  #box;
  #atEnd = true;
  #top = 0;
  #moved;
  #resized = new ResizeObserver(() => this.#settle());

  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} content
   * @param {(atEnd: boolean) => void} moved
   */
  constructor(box, content, moved) {
    this.#box = box;
    this.#moved = moved;
    box.addEventListener('scroll', () => this.#look(), { passive: true });
    this.#resized.observe(box);
    this.#resized.observe(content);
  }

  /** Goes to the end, and stays there as the content grows. */
  toEnd() {
    this.#atEnd = true;
    this.#settle();
  }

  /**
   * Stays at the end, if the reader is there, through a change of the content.
   *
   * Noticed at once: where the content gets shorter, the browser moves the box up by itself, and
   * that must not be taken for the reader's doing.
   *
   * @param {() => void} change
   */
  through(change) {
    change();
    this.#settle();
  }

  /**
   * Keeps what the reader sees in its place while something is put before it.
   *
   * @param {() => void} change
   */
  around(change) {
    const fromEnd = this.#box.scrollHeight - this.#box.scrollTop;
    change();
    this.#box.scrollTop = this.#box.scrollHeight - fromEnd;
    this.#look();
  }

  #settle() {
    if (this.#atEnd) this.#box.scrollTop = this.#box.scrollHeight;
    this.#look();
  }

  #look() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.#atEnd = true;
    // The end goes away from a reader as the content grows; only he goes away from the end.
    else if (scrollTop < this.#top) this.#atEnd = false;
    this.#top = scrollTop;
    this.#moved(this.#atEnd);
  }
}
