/** What the person must know, said in an `aria-live` region; the markup has the words. */

/** A part that the markup has. @param {ParentNode} place @param {string} selector */
export const part = (place, selector) =>
  /** @type {HTMLElement} */ (place.querySelector(selector));

/** Of each slot the newest stands. @param {HTMLElement} root */
export function createNotices(root) {
  const region = part(root, '.chat-notices');
  const [{ content }] = root.getElementsByTagName('template');
  /** @param {string} slot */
  const clear = (slot) => part(region, `[data-slot=${slot}]`)?.remove();

  /** @param {Failure} failure */
  function say({ kind, message, wait }) {
    const notice = document.importNode(part(content, `[data-kind=${kind}]`), true);
    const { slot = '' } = notice.dataset;
    if (message && slot === 'message') part(notice, 'p').textContent = message;
    // The service's own words say how long.
    if (message && wait) part(notice, 'p ~ p').remove();
    // Several requests that fail alike are one failure, said once.
    if (slot !== 'message' && part(region, `[data-kind=${kind}]`)) return;
    notice.append(part(content, '[data-act=dismiss]').cloneNode(true));
    clear(slot);
    region.append(notice);
    if (wait) countDown(notice, wait);
  }

  return { say, clear, none: () => !region.hasChildNodes() };
}

/** Opens the next step after so many seconds. @param {HTMLElement} notice @param {number} left */
function countDown(notice, left) {
  const count = () => {
    notice.querySelectorAll('span').forEach((span) => (span.textContent = `${left}`));
    if (left-- > 0) return setTimeout(count, 1000);
    notice.querySelectorAll('p ~ p').forEach((late) => late.toggleAttribute('hidden'));
    part(notice, 'button').removeAttribute('disabled');
  };
  count();
}
