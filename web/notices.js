/** Notices in an `aria-live` region; the markup has their texts. */

/** Return an element of the markup. @param {ParentNode} place @param {string} selector */
export const find = (place, selector) =>
  /** @type {HTMLElement} */ (place.querySelector(selector));

/** Each slot shows its newest notice. @param {HTMLElement} root */
export function createNotices(root) {
  const region = find(root, '.chat-notices');
  const [{ content }] = root.getElementsByTagName('template');
  /** @param {string} slot */
  const clear = (slot) => find(region, `[data-slot=${slot}]`)?.remove();

  /** @param {Failure} failure */
  function show({ kind, message, wait }) {
    const notice = document.importNode(find(content, `[data-kind=${kind}]`), true);
    const { slot = '' } = notice.dataset;
    if (message && slot === 'message') find(notice, 'p').textContent = message;
    // The service's own message includes the wait.
    if (message && wait) find(notice, 'p ~ p').remove();
    // Several requests that fail alike show one notice.
    if (slot !== 'message' && find(region, `[data-kind=${kind}]`)) return;
    notice.append(find(content, '[data-act=dismiss]').cloneNode(true));
    clear(slot);
    region.append(notice);
    if (wait) countDown(notice, wait);
  }

  return { show, clear, none: () => !region.hasChildNodes() };
}

/** Enable the button after `left` seconds. @param {HTMLElement} notice @param {number} left */
function countDown(notice, left) {
  const count = () => {
    notice.querySelectorAll('span').forEach((span) => (span.textContent = `${left}`));
    if (left-- > 0) return setTimeout(count, 1000);
    notice.querySelectorAll('p ~ p').forEach((line) => line.toggleAttribute('hidden'));
    find(notice, 'button').removeAttribute('disabled');
  };
  count();
}
