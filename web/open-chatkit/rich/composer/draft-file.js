import { upload } from './upload.js';
import { thumbnailOf } from './thumbnail.js';

/**
 * @typedef {import('../../types').Attachment} Attachment
 * @typedef {import('../../types').CreatedAttachment} CreatedAttachment
 * @typedef {import('./rich-composer').Services['call']} Call
 */

/** A file of the draft, from its choice to the end of its upload. */
export class DraftFile {
  #file;
  #call;
  #changed;
  #removed = new AbortController();

  /** @type {'uploading' | 'uploaded' | 'failed'} */
  state = 'uploading';
  /** What is sent, from 0 to 1. */
  progress = 0;
  /** Why the upload failed. */
  error = '';
  thumbnail = '';
  /** @type {Attachment | null} what the server knows the file as */
  attachment = null;
  /** Whether a message with the file was sent. The server may have it, even if that failed. */
  wasSent = false;

  /**
   * @param {{file: File, type: string} | Attachment} source
   * @param {Call} call
   * @param {() => void} changed
   */
  constructor(source, call, changed) {
    this.#call = call;
    this.#changed = changed;
    if ('file' in source) {
      const { file, type } = source;
      this.#file = file;
      this.name = file.name;
      this.size = file.size;
      this.type = type;
    } else {
      this.name = source.name;
      this.size = 0;
      this.type = source.mime_type;
      this.state = 'uploaded';
      this.attachment = source;
      this.thumbnail = source.preview_url ?? '';
    }
  }

  /** Upload the file. A failure is put in `error`. */
  async start() {
    if (!this.#file) return;
    this.#become('uploading');
    if (this.type.startsWith('image/') && !this.thumbnail) void this.#draw(this.#file);
    try {
      await this.#upload(this.#file);
      this.#become('uploaded');
    } catch (error) {
      // The page shows an error without a message itself.
      this.error = error.message || 'The file was not uploaded.';
      this.#become('failed');
    }
  }

  /** Stop the upload, and delete what the server has, unless a message may have it. */
  remove() {
    this.#removed.abort();
    this.#forget();
  }

  /** @param {File} file */
  async #upload(file) {
    this.#forget();
    const params = { name: this.name, size: this.size, mime_type: this.type };
    /** @type {CreatedAttachment} */
    const { upload_descriptor: descriptor, ...attachment } = await this.#call(
      'attachments.create',
      params,
    );
    this.attachment = attachment;
    if (this.#removed.signal.aborted) return this.#forget();
    const progress = (/** @type {number} */ part) => {
      this.progress = part;
      this.#changed();
    };
    if (descriptor) await upload(descriptor, file, progress, this.#removed.signal);
  }

  /** Delete what the server has of an earlier try. It deletes unsent files in time by itself. */
  #forget() {
    const { attachment } = this;
    this.attachment = null;
    if (attachment && this.#file && !this.wasSent) {
      this.#call('attachments.delete', { attachment_id: attachment.id }).catch(() => {});
    }
  }

  /** @param {File} file */
  async #draw(file) {
    this.thumbnail = await thumbnailOf(file);
    this.#changed();
  }

  /** @param {DraftFile['state']} state */
  #become(state) {
    this.state = state;
    if (state === 'uploading') this.progress = 0;
    this.#changed();
  }
}
