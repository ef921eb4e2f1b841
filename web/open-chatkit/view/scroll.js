// A reader within this distance of the end counts as being at the end, in pixels.
const END_MARGIN = 40;
// Space above a form that is shown from its beginning, in pixels.
const FORM_MARGIN = 32;

/** Keeps a box scrolled to its end while the reader is there, and otherwise in place. */
export class ScrollKeeper {
  #box;
  #content;
  #atEnd = true;
  #top = 0;
  /** @type {HTMLFormElement | null} the last form at the end */
  #form = null;
  #moved;
  #resized = new ResizeObserver(() => this.#follow());

  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} content
   * @param {(atEnd: boolean) => void} moved
   */
  constructor(box, content, moved) {
    this.#box = box;
    this.#content = content;
    this.#moved = moved;
    box.addEventListener('scroll', () => this.#measure(), { passive: true });
    this.#resized.observe(box);
    this.#resized.observe(content);
  }

  /** Scroll to the end and stay there as the content grows. */
  scrollToEnd() {
    this.#atEnd = true;
    this.#follow();
  }

  /**
   * Change the content and stay at the end if the reader is there.
   *
   * The position is updated at once: when the content gets shorter, the browser scrolls up, which
   * must not count as the reader scrolling.
   *
   * @param {() => void} change
   */
  keepEnd(change) {
    change();
    this.#follow();
  }

  /**
   * Change the content above and keep what the reader sees in place.
   *
   * @param {() => void} change
   */
  keepPosition(change) {
    const fromEnd = this.#box.scrollHeight - this.#box.scrollTop;
    change();
    this.#box.scrollTop = this.#box.scrollHeight - fromEnd;
    this.#measure();
  }

  #follow() {
    if (this.#atEnd) this.#box.scrollTop = this.#newForm() ?? this.#box.scrollHeight;
    this.#measure();
  }

  /**
   * Return where a form begins that is new at the end: one that does not fit is read from there.
   * Return null without a new form.
   */
  #newForm() {
    const form = this.#content.lastElementChild?.querySelector('form') ?? null;
    const { top, height } = this.#box.getBoundingClientRect();
    if (form === this.#form || height === 0) return null;
    this.#form = form;
    return form && this.#box.scrollTop + form.getBoundingClientRect().top - top - FORM_MARGIN;
  }

  #measure() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    if (scrollHeight - scrollTop - clientHeight < END_MARGIN) this.#atEnd = true;
    // Growing content moves the end down. Only the reader scrolls up.
    else if (scrollTop < this.#top) this.#atEnd = false;
    this.#top = scrollTop;
    this.#moved(this.#atEnd);
  }
}
