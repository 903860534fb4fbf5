// How the demo page says things.

export const versionName = (version: number): string => (version === 0 ? 'Base model' : `Version ${version}`);

/** An answer without its Markdown marks, short enough for two lines. */
export const plain = (markdown: string): string =>
  markdown
    .replace(/[*_`#>]+/g, '')
    .replace(/\s+/g, ' ')
    .slice(0, 140);

const AGO: [limitS: number, unitS: number, name: string][] = [
  [90, 1, 'second'],
  [5_400, 60, 'minute'],
  [129_600, 3_600, 'hour'],
  [Infinity, 86_400, 'day'],
];

/** "3 minutes ago". @param iso ISO 8601 */
export function ago(iso: string, nowMs = Date.now()): string {
  const seconds = Math.max(0, (nowMs - Date.parse(iso)) / 1000);
  const [, unitS, name] = AGO.find(([limitS]) => seconds < limitS)!;
  const count = Math.max(1, Math.round(seconds / unitS));
  return `${count} ${name}${count === 1 ? '' : 's'} ago`;
}
