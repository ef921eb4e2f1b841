/**
 * A message in the words of the protocol.
 *
 * @param {object} params those of `sendUserMessage`, of which uploads are left out
 * @param {string} [params.text]
 * @param {import('@openai/chatkit').UserMessageContent[]} [params.content]
 * @param {string} [params.reply] what the message answers to
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
  // The server asks for a tag's data; the page may leave it out.
  return part.type === 'input_tag' ? { data: {}, ...part } : part;
}
