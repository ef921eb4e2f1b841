import { fill, h } from '../../view/dom.js';
import { icon } from '../../view/icons.js';
import { sizeText } from './accept.js';

/** A file of the draft: picture, name, size, progress, and what can be done about it. */
export class Chip {
  #file;
  #picture = h('span', { class: 'picture' });
  #progress = h('progress', { max: 1 });
  #state = h('span', { class: 'aside' });
  #failure = h('span', { class: 'failed', role: 'alert' });
  #again;
  #remove;

  element = h('li', { class: 'chip' });

  /**
   * @param {import('./draft-file').DraftFile} file
   * @param {(file: import('./draft-file').DraftFile) => void} remove
   */
  constructor(file, remove) {
    this.#file = file;
    const { name } = file;
    this.#progress.ariaLabel = `Uploading ${name}`;
    const onclick = () => {
      // The pressed button disappears.
      this.#remove.focus();
      void file.start();
    };
    this.#again = h('button', { type: 'button', class: 'button', onclick }, 'Try again');
    this.#remove = h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': `Remove ${name}`,
        onclick: () => remove(file),
      },
      icon('close'),
    );
    const text = h('span', { class: 'file' }, name);
    const words = h('div', {}, text, this.#state, this.#progress, this.#failure, this.#again);
    this.element.append(this.#picture, words, this.#remove);
    this.update();
  }

  focus() {
    this.#remove.focus();
  }

  update() {
    const { state, progress, error, size, thumbnail } = this.#file;
    this.#progress.hidden = state !== 'uploading';
    this.#progress.value = progress;
    this.#again.hidden = state !== 'failed';
    const failure = state === 'failed' ? error : '';
    if (this.#failure.textContent !== failure) this.#failure.textContent = failure;
    this.#state.textContent = size ? sizeText(size) : '';
    const drawn = this.#picture.querySelector('img')?.src === thumbnail;
    if (thumbnail && !drawn) fill(this.#picture, [h('img', { src: thumbnail, alt: '' })]);
  }
}
