// Which addresses an answer may link to. An allow-list on the parsed address: the browser's own parser sees through
// white space, case, entities and control characters, which string checks don't.

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** The address in its parsed form, or undefined when it isn't an absolute http, https or mailto address. */
export function safeHref(address: string): string | undefined {
  try {
    const url = new URL(address.trim());
    return SCHEMES.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
