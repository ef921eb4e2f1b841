/**
 * Mentions in a plain text box, as ranges of its text.
 *
 * @typedef {import('@openai/chatkit').Entity} Entity
 * @typedef {{start: number, end: number, entity: Entity}} Tag `end` is exclusive
 * @typedef {import('@openai/chatkit').UserMessageContent} Part
 */

/**
 * Return the tags after the text has changed: those behind the change move with it, and those that
 * it touches become plain text.
 *
 * @param {readonly Tag[]} tags
 * @param {string} before
 * @param {string} after
 * @returns {Tag[]}
 */
export function follow(tags, before, after) {
  const most = Math.min(before.length, after.length);
  let same = 0;
  while (same < most && before[same] === after[same]) same += 1;
  let tail = 0;
  while (tail < most - same && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const end = before.length - tail;
  const shift = after.length - before.length;
  return tags.flatMap((tag) => {
    if (tag.end <= same) return [tag];
    if (tag.start >= end) return [{ ...tag, start: tag.start + shift, end: tag.end + shift }];
    return [];
  });
}

/**
 * Return the message's parts in order, without the space around the whole.
 *
 * @param {string} text
 * @param {readonly Tag[]} tags in order
 * @returns {Part[]}
 */
export function partsOf(text, tags) {
  /** @type {Part[]} */
  const parts = [];
  let done = text.length - text.trimStart().length;
  const add = (/** @type {number} */ to) => {
    if (to > done) parts.push({ type: 'input_text', text: text.slice(done, to) });
  };
  for (const tag of tags) {
    add(tag.start);
    parts.push(tagPart(tag.entity));
    done = tag.end;
  }
  add(text.trimEnd().length);
  return parts;
}

/**
 * Return the text and the tags of a message's parts.
 *
 * @param {readonly Part[]} parts
 * @returns {{text: string, tags: Tag[]}}
 */
export function textOf(parts) {
  /** @type {Tag[]} */
  const tags = [];
  let text = '';
  for (const part of parts) {
    const start = text.length;
    if (part.type === 'input_text') text += part.text;
    else {
      text += labelOf(part.text);
      const { id, group, interactive } = part;
      const data = /** @type {Entity['data']} */ (part.data);
      const entity = { id, title: part.text, group, interactive, data };
      tags.push({ start, end: text.length, entity });
    }
  }
  return { text, tags };
}

/**
 * Return how a mention looks in the text.
 *
 * @param {string} title
 */
export function labelOf(title) {
  return title.replace(/\s+/g, ' ').trim().replace(/^@?/, '@');
}

/**
 * @param {Entity} entity
 * @returns {Part}
 */
function tagPart({ id, title, group, interactive = false, data = {} }) {
  return { type: 'input_tag', id, text: title, data, interactive, ...(group && { group }) };
}
