// Which addresses an answer may link to. An allow-list on the parsed address: the browser's own parser sees through
// white space, case, entities and control characters, which string checks don't.

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** The address in its parsed form, or undefined when it isn't an absolute http, https or mailto address. */
export function safeHref(address: string): string | undefined {
  // Markdown allows <address> and a title after it.
  const [bare = ''] = address
    .trim()
    .replace(/^<(.*)>$/, '$1')
    .split(/\s/);
  try {
    const url = new URL(bare);
    // https://bank.example@elsewhere.example looks like the bank's.
    return SCHEMES.has(url.protocol) && !url.username && !url.password ? url.href : undefined;
  } catch {
    return undefined;
  }
}
