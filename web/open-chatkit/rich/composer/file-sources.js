/**
 * Take the files that are pasted into the text box or dropped onto the chat.
 *
 * @param {HTMLElement} text
 * @param {HTMLElement} chat
 * @param {() => boolean} isOpen whether files are accepted at the moment
 * @param {(files: File[]) => void} add
 */
export function filesFrom(text, chat, isOpen, add) {
  text.addEventListener('paste', (event) => {
    const { clipboardData: data } = event;
    // An office application copies a picture of the text beside the text.
    if (!data || data.files.length === 0 || data.types.includes('text/plain') || !isOpen()) return;
    event.preventDefault();
    add([...data.files]);
  });
  const mark = (/** @type {boolean} */ on) => chat.classList.toggle('dropping', on);
  for (const name of /** @type {const} */ (['dragenter', 'dragover'])) {
    chat.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes('Files') || !isOpen()) return;
      event.preventDefault();
      mark(true);
    });
  }
  chat.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && chat.contains(relatedTarget))) mark(false);
  });
  chat.addEventListener('drop', (event) => {
    mark(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0 || !isOpen()) return;
    event.preventDefault();
    add(files);
  });
}
