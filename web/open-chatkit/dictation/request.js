/**
 * @typedef {{audio_base64: string, mime_type: string}} AudioParams the parameters of
 *   `input.transcribe`
 */

/**
 * @param {Blob} recording
 * @returns {Promise<AudioParams>}
 */
export async function audioParams(recording) {
  return { audio_base64: await base64(recording), mime_type: recording.type };
}

/**
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*;base64,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/**
 * Return whether the same recording may be sent again: the failure was not about the recording.
 *
 * @param {{status?: number}} error
 */
export function isPassing({ status }) {
  return status === undefined || status === 401 || status === 429 || status >= 500;
}
