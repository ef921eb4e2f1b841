import { safeLink } from '../../markdown/links.js';
import { linkTo } from '../../markdown/render.js';
import { fill, h } from '../../view/dom.js';

/** @typedef {import('../../types').ImageItem} ImageItem */

const EMBEDDED = /^data:image\/(?:png|jpeg|webp|gif);base64,[\w+/=]+$/;
const THIS_MACHINE = ['127.0.0.1', 'localhost'];

/** An image that the assistant generates. */
export class ImageView {
  #element;
  #reload;
  #image = h('img', { alt: 'Generated image', referrerpolicy: 'no-referrer' });
  /** The id of the finished image that is shown. */
  #loaded = '';
  /** The address that the image is loaded from, empty after a failure. */
  #source = '';
  /** @type {ImageItem | null} */
  #item = null;
  #unfinished = false;

  /**
   * @param {HTMLElement} element
   * @param {() => void} reload loads the thread again, which renews addresses
   */
  constructor(element, reload) {
    this.#element = element;
    this.#reload = reload;
    this.#image.addEventListener('load', () => this.#arrived());
    this.#image.addEventListener('error', () => this.#failed());
  }

  /**
   * @param {ImageItem} item
   * @param {boolean} unfinished
   */
  update(item, unfinished) {
    this.#item = item;
    this.#unfinished = unfinished;
    const address = imageAddress(item.image?.url);
    if (!address) return this.#say(sentenceFor(item, unfinished));
    // An image that is shown is not loaded again when the thread is: only its address is new.
    if (this.#loaded !== item.image?.id && this.#source !== address) {
      this.#image.src = this.#source = address;
    }
    const shown = EMBEDDED.test(address) ? this.#image : linkTo(address, this.#image);
    if (shown !== this.#image) shown.ariaLabel = 'Open the image';
    fill(this.#element, [shown, unfinished && progress(item)]);
  }

  #arrived() {
    this.#loaded = this.#unfinished ? '' : (this.#item?.image?.id ?? '');
  }

  #failed() {
    this.#loaded = this.#source = '';
    // The next address of an image that is still generated may work.
    if (this.#unfinished && this.#item) return fill(this.#element, [progress(this.#item)]);
    const again = h('button', { type: 'button', class: 'button', onclick: this.#reload }, 'Reload');
    this.#say('The image could not be loaded.', again);
  }

  /**
   * @param {string} sentence
   * @param {HTMLElement} [button]
   */
  #say(sentence, button) {
    fill(this.#element, [h('p', { class: 'aside' }, sentence), button]);
  }
}

/**
 * Return the address if an image may be loaded from it, else null: HTTPS, this machine, or a bitmap
 * in the address itself. Scripts in an SVG do not run in an image, but they would in its own tab.
 *
 * @param {unknown} address
 */
export function imageAddress(address) {
  if (typeof address === 'string' && EMBEDDED.test(address)) return address;
  const link = safeLink(address);
  if (!link) return null;
  const { protocol, hostname } = new URL(link);
  const local = protocol === 'http:' && THIS_MACHINE.includes(hostname);
  return protocol === 'https:' || local ? link : null;
}

/**
 * @param {ImageItem} item without an image to show
 * @param {boolean} unfinished
 */
function sentenceFor(item, unfinished) {
  if (unfinished) return progressText(item);
  return item.image ? 'This image cannot be shown.' : 'The image was not finished.';
}

/** @param {ImageItem} item */
function progress(item) {
  return h('p', { class: 'aside' }, progressText(item));
}

/** @param {ImageItem} item */
function progressText({ progress }) {
  const share = typeof progress === 'number' ? ` ${Math.round(progress * 100)} %` : '';
  return `Generating an image…${share}`;
}
