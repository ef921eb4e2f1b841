/** What the service offers for the composer: files, models, tools, mentions and dictation. */

/**
 * Return the service's offers. The chat works without them, so a failure offers nothing.
 *
 * @type {LoadOffers}
 */
export async function loadOffers(apiUrl, session) {
  const offers = await read(session.fetch(`${apiUrl}/chatkit/offers`, {}));
  if (!offers) return {};
  const { attachments: files, dictation, models = [], tools = [], entities } = offers;
  return {
    composer: {
      ...(files && { attachments: attachments(files) }),
      ...(dictation && { dictation: { enabled: true } }),
      // One model is no choice.
      ...(models.length > 1 && { models }),
      ...(tools.length > 0 && { tools: tools.map(tool) }),
    },
    ...(entities && { entities: mentions(apiUrl, session) }),
  };
}

/** @param {NonNullable<Offers['attachments']>} offer */
function attachments({ accept, max_size: maxSize, max_count: maxCount }) {
  return { enabled: true, accept, maxSize, maxCount };
}

/** @param {NonNullable<Offers['tools']>[number]} offer */
function tool({ icon = 'settings-slider', placeholder_override: placeholderOverride, ...offer }) {
  return { ...offer, icon, ...(placeholderOverride && { placeholderOverride }) };
}

/** @type {(apiUrl: string, session: Session) => import('@openai/chatkit').EntitiesOption} */
function mentions(apiUrl, session) {
  const post = (/** @type {string} */ path, /** @type {object} */ body) => {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    return read(session.fetch(`${apiUrl}/chatkit/entities${path}`, request));
  };
  return {
    showComposerMenu: true,
    onTagSearch: async (query) => (await post('', { query }))?.entities ?? [],
    onRequestPreview: async ({ id }) => (await post('/preview', { id })) ?? { preview: null },
  };
}

/** Return the response's JSON, or null. @param {Promise<Response>} response */
async function read(response) {
  return response.then((it) => (it.ok ? it.json() : null)).catch(() => null);
}
