/** Records speech with the browser's `MediaRecorder`. */

// In the order of preference: what Chromium, Safari and Firefox record.
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
// Speech stays clear, and 4.4 MB, which the service takes, last 18 minutes.
const BITS_PER_SECOND = 32_000;
/** The recording ends by itself before it is larger than the service takes (4,400,000 bytes). */
export const MAX_BYTES = 4_300_000;

/** Whether the browser can record. It gives no page without HTTPS its microphone. */
export const canRecord = () =>
  Boolean(globalThis.MediaRecorder && navigator.mediaDevices?.getUserMedia);

/** One recording, from `start` to `finish` or `cancel`. */
export class Recorder {
  /** @type {Blob[]} */
  #parts = [];
  #size = 0;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {MediaRecorder | null} */
  #recorder = null;
  #canceled = false;
  #full;

  /** @param {() => void} full called once when the recording is as large as it may be */
  constructor(full) {
    this.#full = full;
  }

  /** Ask for the microphone and record. Throw Error with a sentence for the user. */
  async start() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.#stream = stream;
      if (this.#canceled) this.#release();
      else this.#listen(stream);
    } catch (cause) {
      this.#release();
      throw new Error(sentenceFor(cause), { cause });
    }
  }

  /** @param {MediaStream} stream */
  #listen(stream) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const options = { mimeType, audioBitsPerSecond: BITS_PER_SECOND };
    const recorder = new MediaRecorder(stream, options);
    recorder.addEventListener('dataavailable', ({ data }) => this.#add(data));
    // A part each second, to know the size.
    recorder.start(1000);
    this.#recorder = recorder;
  }

  /** End the recording and return it. */
  async finish() {
    const recorder = this.#recorder;
    if (recorder && recorder.state !== 'inactive') {
      const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve));
      recorder.stop();
      await stopped;
    }
    this.#release();
    return new Blob(this.#parts, { type: recorder?.mimeType });
  }

  /** End the recording and forget it, also while the browser still asks for the microphone. */
  cancel() {
    this.#canceled = true;
    if (this.#recorder?.state === 'recording') this.#recorder.stop();
    this.#release();
    this.#parts = [];
  }

  /** @param {Blob} part */
  #add(part) {
    if (this.#canceled) return;
    const fitted = this.#size < MAX_BYTES;
    this.#parts.push(part);
    this.#size += part.size;
    if (fitted && this.#size >= MAX_BYTES) this.#full();
  }

  /** Let the browser show that the microphone is off. */
  #release() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
  }
}

/** @param {unknown} cause */
function sentenceFor(cause) {
  const name = cause instanceof DOMException ? cause.name : '';
  if (name === 'NotFoundError') return 'No microphone was found.';
  return name === 'NotAllowedError'
    ? 'This page may not use the microphone. You can allow it in the settings of your browser.'
    : 'The microphone cannot be used. Another program may be using it.';
}
