/** What the widget is told, whole each time: it merges nothing. @type {WidgetOptions} */
export function widgetOptions({ apiUrl, domainKey, fetch, thread, scheme, ...words }) {
  const primary = scheme === 'dark' ? '#7c9cff' : '#2f5bea';
  return {
    api: { url: `${apiUrl}/chatkit`, domainKey, fetch, uploadStrategy: { type: 'two_phase' } },
    initialThread: thread,
    theme: { colorScheme: scheme, radius: 'round', color: { accent: { primary, level: 1 } } },
    history: { enabled: true, showDelete: true, showRename: true },
    // Its own prompts would be sent at a click; the page's fill the composer.
    startScreen: { greeting: words.greeting },
    composer: { placeholder: words.placeholder },
    threadItemActions: { retry: true },
    thread: { autoScroll: true },
  };
}
