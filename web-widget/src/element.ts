// `<retune-chat>`: the launcher button and nothing else, small enough to never slow a page down. The chat itself is fetched
// when the launcher is opened for the first time.
import { wakeKey, storagePrefix, type ChatHandle, type ChatModule, type Emit } from './embed.js';
import { closeIcon, launcherIcon } from './launcher-icons.js';
import { isRightToLeft, languageOf, LAUNCHER_WORDS, type Language } from './launcher-words.js';
import css from './loader.css?inline';
import { listenersOn } from './listeners.js';
import type { Identity, RetuneChat, RetuneMethods, RetuneOptions } from './public.js';

/** File name of the chat chunk, relative to this script; set by the build. */
declare const __CHAT_CHUNK__: string;
/** The same of the operator's settings. */
declare const __LOOKS_CHUNK__: string;

/** The attribute of each option that has one. */
const ATTRIBUTES = {
  siteKey: 'site-key',
  server: 'server',
  locale: 'data-locale',
  theme: 'data-theme',
  position: 'data-position',
} as const;

const BADGE_MAX = 99;

let scriptUrl = '';
const sheet = new CSSStyleSheet();

/**
 * Attributes: `site-key`, `server`, `data-locale`, `data-theme`, `data-position` (see RetuneOptions), `open` (reflects the state).
 * Methods and events: see public.ts; events are dispatched as `retune:<name>`, bubbling.
 * Parts: `launcher`, `panel`, `header`, `transcript`, `message`, `composer`. Tokens: `--retune-*` (see chat.css).
 */
export class RetuneChatElement extends HTMLElement implements RetuneChat {
  static readonly observedAttributes = Object.values(ATTRIBUTES);

  readonly on: RetuneMethods['on'];
  readonly off: RetuneMethods['off'];

  #root = document.createElement('div');
  #launcher = document.createElement('button');
  #badge = document.createElement('span');
  #notice = document.createElement('div');
  #mount = document.createElement('div');
  #chat?: Promise<ChatHandle>;
  #identity: Identity | null = null;
  #unread = 0;
  #isReady = false;

  static boot(options: RetuneOptions): RetuneChatElement {
    const element = new RetuneChatElement();
    element.boot(options);
    return element;
  }

  constructor() {
    super();
    ({ on: this.on, off: this.off } = listenersOn(this));
    const shadow = this.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [sheet];
    this.#root.className = 'root';
    this.#launcher.type = 'button';
    this.#launcher.className = 'launcher';
    this.#launcher.setAttribute('part', 'launcher');
    this.#launcher.append(launcherIcon(), closeIcon(), this.#badge);
    this.#launcher.addEventListener('click', () => this.toggle());
    this.#badge.className = 'badge';
    this.#badge.setAttribute('aria-hidden', 'true');
    this.#notice.className = 'notice';
    this.#notice.role = 'alert';
    this.#mount.hidden = true;
    this.#root.append(this.#mount, this.#notice, this.#launcher);
    // A page's own shortcuts must not hear what is typed here: outside, the target looks like no text field.
    for (const type of ['keydown', 'keypress', 'keyup'])
      this.#root.addEventListener(type, (event) => event.stopPropagation());
    shadow.append(this.#root);
  }

  connectedCallback(): void {
    this.#reflect();
    // After the calls that came with this one, so that their listeners hear it, too.
    queueMicrotask(() => {
      this.#ready();
      // It looks as the operator wants it before it is seen.
      this.#root.hidden = true;
      void load<typeof import('./looks.js')>(__LOOKS_CHUNK__)
        .then((looks) => looks.dress(this))
        .catch(ignore)
        .finally(() => (this.#root.hidden = false));
      if (isStored(wakeKey(this.#server, this.#siteKey))) void this.#load();
    });
  }

  disconnectedCallback(): void {
    this.#isReady = false;
    this.#unmount();
    this.removeAttribute('open');
    this.#reflect();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.isConnected) return;
    this.#reflect();
    if (name === ATTRIBUTES.locale) void this.#chat?.then((chat) => chat.setLocale(this.#locale));
    if (name !== ATTRIBUTES.siteKey && name !== ATTRIBUTES.server) return;
    this.#unmount();
    if (this.#isOpen) this.#switch(true);
  }

  boot(options: RetuneOptions = {}): void {
    this.update(options);
    if (!this.isConnected) document.body.append(this);
  }

  update(options: RetuneOptions): void {
    for (const [option, attribute] of Object.entries(ATTRIBUTES)) {
      const value = options[option as keyof typeof ATTRIBUTES];
      if (value !== undefined) this.setAttribute(attribute, value);
    }
    if (options.identity !== undefined) this.identify(options.identity);
  }

  identify(identity: Identity | null): void {
    this.#identity = identity;
    void this.#chat?.then((chat) => chat.identify(identity));
  }

  show(): void {
    if (!this.#isOpen) this.#switch(true);
  }

  hide(): void {
    if (this.#isOpen) this.#switch(false);
  }

  toggle(): void {
    this.#switch(!this.#isOpen);
  }

  newMessage(text = ''): void {
    this.show();
    void this.#load().then((chat) => chat?.compose(text));
  }

  shutdown(): void {
    this.#unmount(true);
    this.remove();
    this.#identity = null;
    forgetAll(`${storagePrefix(this.#server, this.#siteKey)}:`);
  }

  get #siteKey(): string {
    return this.getAttribute('site-key') ?? '';
  }

  get #server(): string {
    return new URL(this.getAttribute('server') || scriptUrl, scriptUrl).origin;
  }

  get #locale(): string {
    return this.dataset.locale || document.documentElement.lang || navigator.language || 'en';
  }

  get #isOpen(): boolean {
    return this.hasAttribute('open');
  }

  /** Said once each time that the element comes to a page, before anything else. */
  #ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#emit('ready', undefined);
  }

  #switch(open: boolean): void {
    this.#ready();
    this.toggleAttribute('open', open && this.isConnected);
    this.#reflect();
    this.#emit(open ? 'open' : 'close', undefined);
    if (open) void this.#load().then((chat) => chat?.setOpen(this.#isOpen));
    else void this.#chat?.then((chat) => chat.setOpen(false), ignore);
    if (!open) this.#launcher.focus();
  }

  /** Shows what the attributes and the state say. */
  #reflect(): void {
    const language: Language = languageOf(this.#locale);
    const words = LAUNCHER_WORDS[language];
    const open = this.#isOpen;
    const rtl = isRightToLeft(language);
    this.#root.lang = language;
    this.#root.dir = rtl ? 'rtl' : 'ltr';
    this.#root.dataset.side = this.dataset.position === 'left' || (rtl && !this.dataset.position) ? 'left' : 'right';
    this.#mount.hidden = !open;
    const unread = open || !this.#unread ? '' : String(Math.min(this.#unread, BADGE_MAX));
    this.#badge.textContent = unread;
    this.#launcher.setAttribute('aria-expanded', String(open));
    this.#launcher.setAttribute(
      'aria-label',
      open ? words.close : words.open + (unread ? ` (${unread} ${words.unread})` : ''),
    );
  }

  async #load(): Promise<ChatHandle | undefined> {
    this.#notice.textContent = '';
    this.#launcher.ariaBusy = 'true';
    const chat = (this.#chat ??= this.#import());
    try {
      return await chat;
    } catch {
      if (this.#chat === chat) this.#chat = undefined;
      const message = LAUNCHER_WORDS[languageOf(this.#locale)].failed;
      if (this.#isOpen) this.#notice.textContent = message;
      this.removeAttribute('open');
      this.#reflect();
      this.#emit('error', { code: 'widget.not_loaded', message });
      return undefined;
    } finally {
      this.#launcher.ariaBusy = null;
    }
  }

  async #import(): Promise<ChatHandle> {
    return (await load<ChatModule>(__CHAT_CHUNK__)).mountChat({
      siteKey: this.#siteKey,
      server: this.#server,
      locale: this.#locale,
      identity: this.#identity,
      mount: this.#mount,
      close: () => this.hide(),
      emit: this.#emit,
    });
  }

  #unmount(forget = false): void {
    void this.#chat?.then((chat) => chat.destroy(forget), ignore);
    this.#chat = undefined;
    this.#unread = 0;
  }

  #emit: Emit = (name, detail) => {
    if (name === 'unread') {
      this.#unread = (detail as { count: number }).count;
      this.#reflect();
    }
    this.dispatchEvent(new CustomEvent(`retune:${name}`, { detail, bubbles: true, composed: true }));
  };
}

const load = <Module>(chunk: string) => import(/* @vite-ignore */ new URL(chunk, scriptUrl).href) as Promise<Module>;

const ignore = (): void => undefined;

function isStored(key: string): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false; // Refused: nothing is stored then.
  }
}

function forgetAll(prefix: string): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  } catch {
    // Refused: nothing was stored then.
  }
}

/** Makes the element known. @param url the script's own address: what the chat chunk is found beside. */
export function defineElement(url: string): void {
  // Twice on one page (two tags, a tag manager) must not throw.
  if (customElements.get('retune-chat')) return;
  scriptUrl = url;
  sheet.replaceSync(css);
  customElements.define('retune-chat', RetuneChatElement);
}
