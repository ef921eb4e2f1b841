/**
 * The payload of an action that a form sends.
 *
 * Source: "Create custom forms with widgets" in the documentation of openai-chatkit. A field named
 * `todo.title` arrives as `payload.todo.title`, and a key that the payload has already wins over a
 * field. The documentation does not say how a checkbox or a date is written: true or false and an
 * ISO date are choices of ours.
 *
 * @typedef {string | boolean | undefined} Value undefined is left out
 */

/**
 * @param {Record<string, unknown> | null | undefined} payload not changed
 * @param {(readonly [name: string, value: Value])[]} values
 * @returns {Record<string, unknown> | undefined}
 */
export function withValues(payload, values) {
  if (values.length === 0) return payload ?? undefined;
  const merged = isObject(payload) ? structuredClone(payload) : {};
  for (const [name, value] of values) if (value !== undefined) add(merged, name.split('.'), value);
  return merged;
}

/**
 * @param {object} target
 * @param {string[]} path
 * @param {Value} value
 */
function add(target, [key, ...rest], value) {
  const leaf = rest.length === 0;
  if (!Object.hasOwn(target, key)) {
    // An assignment to a field named `__proto__` would change the prototype instead.
    const own = { value: leaf ? value : {}, enumerable: true, writable: true, configurable: true };
    Object.defineProperty(target, key, own);
  }
  const inner = Object.getOwnPropertyDescriptor(target, key)?.value;
  if (!leaf && isObject(inner)) add(inner, rest, value);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
