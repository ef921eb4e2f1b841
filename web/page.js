/** The page of `make run`, where any name signs in: yours brings its own login. */

import { mountChat } from './chat.js';
import { createKept } from './kept.js';
import { part } from './notices.js';

const kept = createKept();
const [dialog] = document.getElementsByTagName('dialog');
const [name] = document.getElementsByTagName('input');
const user = () => (part(document, '#user').textContent = kept.get('local-user'));

const signIn = () =>
  new Promise((resolve) => {
    dialog.onclose = resolve;
    dialog.onsubmit = () => kept.set('local-user', name.value);
    dialog.showModal();
  });

async function getIdentityToken() {
  const body = JSON.stringify({ user: user() });
  const answer = await fetch('/local/token', { method: 'POST', body });
  return (await answer.json()).token;
}

const asked = !user();
if (asked) await signIn();
const client = location.search.includes('client=open') ? 'open' : 'official';
const chat = mountChat(part(document, '#chat'), { getIdentityToken, signIn, client });
if (asked) chat.focus();
part(document, '#sign-out').onclick = () => {
  chat.end();
  kept.set('local-user', null);
  location.reload();
};
