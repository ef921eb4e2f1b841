/** The tools of this page that the assistant may call, by name. */

/** @type {Record<string, (params: Record<string, unknown>) => Record<string, unknown>>} */
const TOOLS = {
  // Only the browser knows the user's time zone.
  local_time() {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    // Swedish dates and times are those of ISO 8601.
    const format = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'short' });
    const [date, time] = format.format(new Date()).split(' ');
    return { date, time, time_zone: timeZone };
  },
};

/** @type {OnClientTool} */
export async function onClientTool({ name, params }) {
  if (!Object.hasOwn(TOOLS, name)) throw new Error(`This page has no tool named ${name}.`);
  return TOOLS[name](params);
}
