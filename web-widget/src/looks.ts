// How the operator wants the widget to look on this website: asked of the service at each page view, and cached by the browser for
// a minute. What the page says itself goes first. A chunk of its own, so that the loader stays small.
import css from './looks.css?inline';

/** They become attributes of the element. */
const OPTIONS = ['theme', 'position', 'locale'] as const;
/** They become custom properties, see looks.css. */
const COLOURS = ['accentLight', 'accentDark', 'onAccentLight', 'onAccentDark'] as const;

/** Each is null where nothing was set. */
type Looks = Record<(typeof OPTIONS)[number] | (typeof COLOURS)[number], string | null>;

/** The launcher waits for its looks, but not for longer than this. */
const WAIT_MS_MAX = 1_000;

/** Shadow roots that have the sheet already. */
const dressed = new WeakSet<ShadowRoot>();

/** Dresses a `<retune-chat>`. @throws where the service can't be asked (a policy, an older service, no network): it stays as it is */
export async function dress(element: HTMLElement): Promise<void> {
  // This chunk lies beside the script, so its address is the service's.
  const server = new URL(element.getAttribute('server') || import.meta.url, import.meta.url).origin;
  const key = encodeURIComponent(element.getAttribute('site-key') ?? '');
  const response = await fetch(`${server}/api/v1/widget/${key}`, { signal: AbortSignal.timeout(WAIT_MS_MAX) });
  if (!response.ok) return;
  const looks = (await response.json()) as Partial<Looks>;
  for (const name of OPTIONS) if (looks[name]) element.dataset[name] ??= looks[name];
  const shadow = element.shadowRoot;
  if (shadow && looks.accentLight) paint(shadow, looks);
}

function paint(shadow: ShadowRoot, looks: Partial<Looks>): void {
  const { style } = shadow.querySelector<HTMLElement>('.root')!;
  for (const name of COLOURS) style.setProperty(`--_${name}`, looks[name] ?? null);
  if (dressed.has(shadow)) return;
  dressed.add(shadow);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
}
