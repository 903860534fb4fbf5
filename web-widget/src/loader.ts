// The one script a host page loads: the launcher button and nothing else, small enough to never slow a page down.
// The chat itself is fetched when the launcher is opened for the first time.
import type { ChatHandle, ChatModule, EmbedEvent } from './embed.js';
import css from './loader.css?inline';
import { closeIcon, launcherIcon } from './launcher-icons.js';

/** File name of the chat chunk, relative to this script; set by the build. */
declare const __CHAT_CHUNK__: string;

// A cross-origin classic script has no usable base address for a relative import(), so it's taken from the tag.
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined;
const scriptUrl = script?.src || `${location.origin}/widget.js`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/**
 * `<retune-chat site-key="…">`: a launcher and, once opened, the chat.
 *
 * Attributes: `site-key`, `server` (origin of the service; default: where this script came from), `data-theme`
 * (`light` or `dark`; default: the visitor's preference), `data-position` (`left`), `open` (reflects the state).
 * Methods: `show()`, `hide()`, `toggle()`, `newMessage(text?)`.
 * Events: `retune:ready`, `retune:open`, `retune:close`, `retune:message`, `retune:rating`, `retune:connection`, `retune:error`.
 * Parts: `launcher`, `panel`, `header`, `transcript`, `message`, `composer`. Tokens: `--retune-*` (see chat.css).
 */
class RetuneChat extends HTMLElement {
  #launcher = document.createElement('button');
  #notice = document.createElement('div');
  #mount = document.createElement('div');
  #chat?: Promise<ChatHandle>;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    this.#launcher.type = 'button';
    this.#launcher.className = 'launcher';
    this.#launcher.setAttribute('part', 'launcher');
    this.#launcher.append(launcherIcon(), closeIcon());
    this.#launcher.addEventListener('click', () => this.toggle());
    this.#notice.className = 'notice';
    this.#notice.setAttribute('role', 'alert');
    root.append(this.#mount, this.#notice, this.#launcher);
    this.#reflect(false);
  }

  connectedCallback(): void {
    this.#say('ready');
  }

  disconnectedCallback(): void {
    void this.#chat?.then((chat) => chat.destroy());
    this.#chat = undefined;
    this.#reflect(false);
  }

  show(): void {
    if (!this.hasAttribute('open')) this.#switch(true);
  }

  hide(): void {
    if (this.hasAttribute('open')) this.#switch(false);
  }

  toggle(): void {
    this.#switch(!this.hasAttribute('open'));
  }

  /** Opens the chat with a text in the composer, not yet sent. */
  newMessage(text = ''): void {
    this.show();
    void this.#load().then((chat) => chat?.compose(text));
  }

  #switch(open: boolean): void {
    this.#reflect(open);
    this.#say(open ? 'open' : 'close');
    if (open) void this.#load().then((chat) => chat?.setOpen(this.hasAttribute('open')));
    else void this.#chat?.then((chat) => chat.setOpen(false));
    if (!open) this.#launcher.focus();
  }

  #reflect(open: boolean): void {
    this.toggleAttribute('open', open && this.isConnected);
    this.#launcher.setAttribute('aria-expanded', String(open));
    this.#launcher.setAttribute('aria-label', open ? 'Close chat' : 'Open chat');
    this.#mount.hidden = !open;
  }

  async #load(): Promise<ChatHandle | undefined> {
    this.#notice.textContent = '';
    this.#launcher.toggleAttribute('aria-busy', true);
    this.#chat ??= this.#import();
    try {
      return await this.#chat;
    } catch (error) {
      this.#chat = undefined;
      this.#notice.textContent = 'The chat could not be loaded. Please try again.';
      this.#reflect(false);
      this.#say('error', error);
      return undefined;
    } finally {
      this.#launcher.removeAttribute('aria-busy');
    }
  }

  async #import(): Promise<ChatHandle> {
    const module = (await import(/* @vite-ignore */ new URL(__CHAT_CHUNK__, scriptUrl).href)) as ChatModule;
    return module.mountChat({
      siteKey: this.getAttribute('site-key') ?? '',
      server: this.getAttribute('server') ?? new URL(scriptUrl).origin,
      mount: this.#mount,
      close: () => this.hide(),
      emit: (name, detail) => this.#say(name, detail),
    });
  }

  #say(name: EmbedEvent, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(`retune:${name}`, { detail, bubbles: true, composed: true }));
  }
}

/** `<script data-key="…">` alone is enough: it puts the element on the page. */
function boot(from: HTMLScriptElement): void {
  if (!from.dataset.key) return;
  const element = document.createElement('retune-chat');
  element.setAttribute('site-key', from.dataset.key);
  for (const name of ['theme', 'position']) {
    const value = from.dataset[name];
    if (value) element.dataset[name] = value;
  }
  document.body.append(element);
}

// Twice on one page (two tags, a tag manager) must not throw.
if (!customElements.get('retune-chat')) {
  customElements.define('retune-chat', RetuneChat);
  if (script && document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => boot(script));
  else if (script) boot(script);
}
