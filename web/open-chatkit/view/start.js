import { h } from './dom.js';

/**
 * Return the start screen of a new thread: a greeting, and prompts that are sent on a click.
 *
 * @param {import('../types').Options['startScreen']} option
 * @param {import('./chat').ChatActions['send']} send
 */
export function startScreen(option, send) {
  const prompts = (option?.prompts ?? []).map(({ label, prompt }) => {
    // The thread shows a failure.
    const message = typeof prompt === 'string' ? { text: prompt } : { content: prompt };
    const onclick = () => send(message).catch(() => {});
    return h('li', {}, h('button', { type: 'button', class: 'prompt', onclick }, label));
  });
  return h(
    'div',
    { class: 'start' },
    h('p', { class: 'greeting' }, option?.greeting ?? 'What can I help with today?'),
    prompts.length > 0 && h('ul', { class: 'prompts', 'aria-label': 'Suggestions' }, ...prompts),
  );
}
