/**
 * Parses server-sent events as their bytes arrive.
 *
 * Source: WHATWG HTML, "Server-sent events", 9.2.6. Only `data` matters here: event names, ids and
 * retry times are ignored.
 */

/** Assembles chunks of bytes, split anywhere, into the data of complete events. */
export class SseParser {
  #decoder = new TextDecoder();
  #rest = '';
  /** @type {string[]} */
  #data = [];

  /**
   * @param {Uint8Array} bytes
   * @returns {string[]} the data of each event that these bytes complete
   */
  push(bytes) {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    // A CR at the end may be the first half of a CRLF.
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? '') + text.slice(whole.length);
    return lines.flatMap((line) => this.#line(line));
  }

  /** @param {string} line */
  #line(line) {
    if (line === '') {
      const event = this.#data;
      this.#data = [];
      return event.length > 0 ? [event.join('\n')] : [];
    }
    const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') this.#data.push(value ?? '');
    return [];
  }
}
