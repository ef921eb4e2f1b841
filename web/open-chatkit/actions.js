import { ChatError } from './protocol/chat-error.js';

/**
 * Return what the buttons and keys of the chat do.
 *
 * @param {import('./element').OpenChatKit} chat
 * @param {import('./state/conversation').Conversation} conversation
 * @param {import('./state/thread-list').ThreadList} list
 * @param {() => import('./types').Options | null} options
 * @returns {Omit<import('./view/chat').ChatActions, 'services'>}
 */
export function actionsOf(chat, conversation, list, options) {
  return {
    entities: () => options()?.entities,
    send: (input) => chat.sendUserMessage(input),
    stop: () => conversation.stop(),
    newThread: () => openAndFocus(chat, null),
    toggleHistory: () => (chat.historyShown ? chat.hideHistory() : chat.showHistory()),
    earlier: () => conversation.loadEarlier(),
    focusComposer: () => void chat.focusComposer(),
    act: async (action, item) => {
      if (action.handler === 'client') await clientAction(options(), action, item);
      else await conversation.act(action, item.id);
    },
    submit: (question, answers) => conversation.submit(question, answers),
    rate: (item, kind) => conversation.rate(item, kind),
    steps: {
      run: () => withComposerFocus(chat, conversation.continueWithTool()),
      retry: () => withComposerFocus(chat, conversation.retry()),
      check: () => withComposerFocus(chat, conversation.refresh()),
      reload: () => withComposerFocus(chat, conversation.refresh()),
    },
    history: historyActions(chat, conversation, list),
  };
}

/**
 * @param {import('./element').OpenChatKit} chat
 * @param {import('./state/conversation').Conversation} conversation
 * @param {import('./state/thread-list').ThreadList} list
 * @returns {import('./view/history').HistoryActions}
 */
function historyActions(chat, conversation, list) {
  return {
    open: (id) => openAndFocus(chat, id),
    rename: async (id, title) => {
      await list.rename(id, title);
      conversation.rename({ id, title });
    },
    delete: async (id) => {
      await list.delete(id);
      if (conversation.threadId === id) await conversation.open(null);
    },
    close: () => void chat.hideHistory(),
    more: () => void list.loadMore(),
    reload: () => void list.load(),
  };
}

/**
 * @param {import('./element').OpenChatKit} chat
 * @param {string | null} id
 */
function openAndFocus(chat, id) {
  if (chat.historyCovers) void chat.hideHistory();
  void withComposerFocus(chat, chat.setThreadId(id));
}

/**
 * Move the focus to the composer, because the pressed button disappears.
 *
 * @param {import('./element').OpenChatKit} chat
 * @param {Promise<void>} work
 */
async function withComposerFocus(chat, work) {
  void chat.focusComposer();
  await work.catch(unlessBusy);
}

/**
 * Ignore a click during an answer, for example the second one of a double click.
 *
 * @param {unknown} error
 */
function unlessBusy(error) {
  if (!(error instanceof ChatError && error.code === 'busy')) throw error;
}

/**
 * @param {import('./types').Options | null} options
 * @param {import('./types').Action} action
 * @param {{id: string, widget: import('./types').WidgetNode}} item
 */
async function clientAction(options, action, item) {
  // Only the page knows the shape of its own widgets.
  const widgetItem = /** @type {any} */ (item);
  await options?.widgets?.onAction?.(action, widgetItem);
}
