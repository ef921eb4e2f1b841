/** @typedef {import('../types').WidgetNode} WidgetNode */

/**
 * Return the children of a widget's node. A few kinds have one child instead of a list.
 *
 * @param {WidgetNode} node
 * @returns {WidgetNode[]}
 */
export function partsOf(node) {
  const { children } = node;
  const parts = Array.isArray(children) ? children : [children];
  return parts.filter((part) => part !== null && typeof part === 'object');
}

/**
 * Return the tree with the node of this id changed.
 *
 * @param {WidgetNode} node
 * @param {string} id
 * @param {(node: WidgetNode) => WidgetNode} change
 * @returns {WidgetNode}
 */
export function withNode(node, id, change) {
  if (node.id === id) return change(node);
  const parts = partsOf(node);
  return parts.length > 0
    ? { ...node, children: parts.map((part) => withNode(part, id, change)) }
    : node;
}
