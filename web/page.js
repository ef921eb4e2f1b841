/** The page of `make run`: any name signs in. Your page brings its own login. */

import { mountChat } from './chat.js';
import { createStorage } from './storage.js';
import { find } from './notices.js';
import { onClientTool } from './page-tools.js';

const storage = createStorage();
const [dialog] = document.getElementsByTagName('dialog');
const [name] = document.getElementsByTagName('input');
const user = () => (find(document, '#user').textContent = storage.get('local-user'));

const signIn = () =>
  new Promise((resolve) => {
    dialog.onclose = resolve;
    dialog.onsubmit = () => storage.set('local-user', name.value);
    dialog.showModal();
  });

async function getIdentityToken() {
  const body = JSON.stringify({ user: user() });
  const response = await fetch('/local/token', { method: 'POST', body });
  return (await response.json()).token;
}

const isNew = !user();
if (isNew) await signIn();
const client = location.search.includes('client=open') ? 'open' : 'official';
const root = find(document, '#chat');
const chat = mountChat(root, { getIdentityToken, signIn, client, onClientTool });
if (isNew) chat.focus();
find(document, '#sign-out').onclick = () => {
  chat.end();
  storage.set('local-user', null);
  location.reload();
};
