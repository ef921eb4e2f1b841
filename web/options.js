/** All options of the widget: it does not merge them with earlier ones. @type {WidgetOptions} */
export function widgetOptions(settings) {
  const { apiUrl, domainKey, fetch, thread, scheme, onClientTool, offers, ...texts } = settings;
  const primary = scheme === 'dark' ? '#7c9cff' : '#2f5bea';
  return {
    api: { url: `${apiUrl}/chatkit`, domainKey, fetch, uploadStrategy: { type: 'two_phase' } },
    initialThread: thread,
    onClientTool,
    theme: { colorScheme: scheme, radius: 'round', color: { accent: { primary, level: 1 } } },
    history: { enabled: true, showDelete: true, showRename: true },
    // The widget would send its prompts on a click; the page's fill the composer.
    startScreen: { greeting: texts.greeting },
    composer: { placeholder: texts.placeholder, ...offers.composer },
    entities: offers.entities,
    threadItemActions: { feedback: true, retry: true },
    thread: { autoScroll: true },
  };
}
