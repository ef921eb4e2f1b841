/**
 * Return a message in the protocol's format.
 *
 * @param {object} params those of `sendUserMessage`, without uploads
 * @param {string} [params.text]
 * @param {import('@openai/chatkit').UserMessageContent[]} [params.content]
 * @param {string} [params.reply] the text that the message replies to
 * @param {{id: string}} [params.toolChoice]
 * @param {string} [params.model]
 * @param {{id: string}[]} [params.attachments]
 * @returns {import('./types').UserInput}
 */
export function userInput({ text = '', content, reply, toolChoice, model, attachments = [] }) {
  return {
    content: content?.map(part) ?? [{ type: 'input_text', text }],
    attachments: attachments.map(({ id }) => id),
    ...(reply && { quoted_text: reply }),
    inference_options: { ...(model && { model }), ...(toolChoice && { tool_choice: toolChoice }) },
  };
}

/**
 * @param {import('@openai/chatkit').UserMessageContent} part
 * @returns {import('./types').UserPart}
 */
function part(part) {
  // The server requires a tag's data; the page may omit it.
  return part.type === 'input_tag' ? { data: {}, ...part } : part;
}
