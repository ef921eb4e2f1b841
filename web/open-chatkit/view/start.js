import { h } from './dom.js';

/**
 * What a new thread begins with: a greeting, and prompts that are sent when they are chosen.
 *
 * @param {import('../types').Options['startScreen']} option
 * @param {import('./chat').ChatActions['send']} send
 */
export function startScreen(option, send) {
  const prompts = (option?.prompts ?? []).map(({ label, prompt }) => {
    // A failure shows itself in the thread.
    const onclick = () => send(prompt).catch(() => {});
    return h('li', {}, h('button', { type: 'button', class: 'prompt', onclick }, label));
  });
  return h(
    'div',
    { class: 'start' },
    h('p', { class: 'greeting' }, option?.greeting ?? 'What can I help with today?'),
    prompts.length > 0 && h('ul', { class: 'prompts', 'aria-label': 'Suggestions' }, ...prompts),
  );
}
