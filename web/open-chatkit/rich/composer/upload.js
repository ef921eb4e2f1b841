import { ChatError } from '../../protocol/chat-error.js';

/**
 * @typedef {import('../../types').CreatedAttachment} CreatedAttachment
 * @typedef {NonNullable<CreatedAttachment['upload_descriptor']>} UploadDescriptor
 */

/**
 * Send a file's bytes to the address that the service named. Throw ChatError.
 *
 * An XMLHttpRequest, because fetch does not report how much it has sent. The request has no token:
 * the address is signed, and it may be another service's.
 *
 * @param {UploadDescriptor} descriptor
 * @param {File} file
 * @param {(part: number) => void} progress called with what is sent, from 0 to 1
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function upload({ url, method, headers = {} }, file, progress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () => {
      const { status } = request;
      if (status >= 200 && status < 300) resolve();
      else reject(failure(`The upload was refused (${status}).`));
    };
    request.onerror = () => reject(failure('The upload broke off. Check your connection.'));
    request.onabort = () => reject(failure('The upload was stopped.'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** @param {string} message */
function failure(message) {
  return new ChatError(message, { code: 'upload_failed' });
}
