import { fill, h } from '../../view/dom.js';
import { acceptAttribute, countLimit, mimeOf, refusalOf } from './accept.js';
import { Chip } from './chip.js';
import { clipIcon } from './clip-icon.js';
import { DraftFile } from './draft-file.js';
import { filesFrom } from './file-sources.js';

/** @typedef {import('./accept').Accepted} Accepted */

/** The files of the draft. They are uploaded as soon as they are chosen. */
export class AttachmentsView {
  #composer;
  #services;
  #on;
  /** @type {Accepted} */
  #accepted = { enabled: false };
  /** @type {Map<DraftFile, Chip>} */
  #files = new Map();
  #list = h('ul', { class: 'chips', 'aria-label': 'Files', hidden: true });
  #refused = h('p', { class: 'failed', role: 'alert' });
  #input = h('input', { type: 'file', multiple: true, hidden: true, tabindex: -1 });

  element = h('div', { class: 'files' }, this.#list, this.#refused, this.#input);
  button;

  /**
   * @param {import('../../view/composer').ComposerView} composer
   * @param {HTMLElement} chat
   * @param {import('./rich-composer').Services} services
   * @param {{changed: () => void, say: (text: string) => void}} on
   */
  constructor(composer, chat, services, on) {
    this.#composer = composer;
    this.#services = services;
    this.#on = on;
    const onclick = () => this.#input.click();
    this.button = h(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Attach files', onclick },
      clipIcon(),
    );
    this.#input.addEventListener('change', () => {
      this.add([...(this.#input.files ?? [])]);
      this.#input.value = '';
      composer.focus();
    });
    filesFrom(composer.text, chat, () => this.#isOpen, (files) => this.add(files));
  }

  get count() {
    return this.#files.size;
  }

  /** Whether a file is not uploaded yet. */
  get isWaiting() {
    return [...this.#files.keys()].some(({ state }) => state !== 'uploaded');
  }

  get #isOpen() {
    return this.#accepted.enabled && !this.#composer.text.readOnly;
  }

  /** @param {Accepted} [accepted] */
  update(accepted = { enabled: false }) {
    this.#accepted = accepted;
    this.button.hidden = !accepted.enabled;
    this.#input.accept = acceptAttribute(accepted);
  }

  /** @param {File[]} files those that are not accepted are named in a sentence */
  add(files) {
    if (!this.#isOpen) return;
    const limit = countLimit(this.#accepted);
    const refusals = [];
    for (const file of files) {
      const full = this.count >= limit && `A message can have ${filesText(limit)} at most.`;
      const refusal = full || refusalOf(file, this.#accepted);
      if (refusal) refusals.push(refusal);
      else this.#begin(file);
    }
    this.#refused.textContent = [...new Set(refusals)].join(' ');
  }

  /** @param {import('../../types').Attachment[]} attachments already uploaded; they replace the others */
  set(attachments) {
    for (const file of this.#files.keys()) this.#drop(file);
    for (const each of attachments) this.#show(this.#made(each));
    this.#draw();
  }

  /** Show why the message waits. */
  explain() {
    const failed = [...this.#files.keys()].some(({ state }) => state === 'failed');
    this.#refused.textContent = failed
      ? 'A file was not uploaded. Try again, or remove it.'
      : 'Wait until the files are uploaded, or remove them.';
  }

  /** Return the files, and remove them from the draft. */
  take() {
    const files = [...this.#files.keys()];
    for (const file of files) file.wasSent = true;
    this.#files.clear();
    this.#refused.textContent = '';
    this.#draw();
    return files;
  }

  /** @param {DraftFile[]} files taken before; the server still has them */
  restore(files) {
    const newer = [...this.#files.keys()];
    this.#files.clear();
    for (const file of [...files, ...newer]) this.#show(file);
    this.#draw();
  }

  /** @param {File} file */
  #begin(file) {
    const type = mimeOf(file, this.#accepted);
    const draft = this.#made({ file, type });
    this.#show(draft);
    this.#draw();
    void draft.start();
  }

  /** @param {ConstructorParameters<typeof DraftFile>[0]} source */
  #made(source) {
    /** @type {DraftFile} */
    const made = new DraftFile(source, this.#services.call, () => this.#follow(made));
    return made;
  }

  /** @param {DraftFile} file */
  #show(file) {
    this.#files.set(file, new Chip(file, (removed) => this.#remove(removed)));
  }

  /** @param {DraftFile} file */
  #follow(file) {
    const chip = this.#files.get(file);
    if (!chip) return;
    const { name, state } = file;
    chip.update();
    if (state === 'uploaded') this.#on.say(`${name} is uploaded.`);
    if (!this.isWaiting) this.#refused.textContent = '';
    this.#on.changed();
  }

  /** @param {DraftFile} file */
  #remove(file) {
    const place = [...this.#files.keys()].indexOf(file);
    this.#drop(file);
    this.#draw();
    const chips = [...this.#files.values()];
    (chips[Math.min(place, chips.length - 1)] ?? this.#composer).focus();
  }

  /** @param {DraftFile} file */
  #drop(file) {
    this.#files.delete(file);
    file.remove();
  }

  #draw() {
    fill(this.#list, [...this.#files.values()].map(({ element }) => element));
    this.#list.hidden = this.count === 0;
    this.#on.changed();
  }
}

/** @param {number} count */
function filesText(count) {
  return count === 1 ? '1 file' : `${count} files`;
}
