// Entry of the chat chunk: puts the panel into the embed's shadow root and connects it with a session.
import { render } from 'preact';
import css from './chat.css?inline';
import type { ChatHandle, ChatOptions, Emit } from './embed.js';
import type { Identity } from './public.js';
import { claimsOf, IdentitySource } from './session/identity.js';
import { ChatSession } from './session/session.js';
import { chime } from './session/sound.js';
import { Panel } from './ui/panel.js';
import { WordsContext } from './ui/words-context.js';
import { loadWords } from './words/words.js';

/** Renders the chat into `mount` and starts the conversation. */
export async function mountChat(options: ChatOptions): Promise<ChatHandle> {
  const { mount, close } = options;
  const root = mount.getRootNode() as ShadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const composer = () => root.querySelector<HTMLTextAreaElement>('textarea.composer');
  let open = false;
  let words = await loadWords(options.locale);
  let customer = await customerOf(options.identity);
  let session = begin(options, customer);
  const show = () =>
    render(
      <WordsContext.Provider value={words}>
        <Panel key={customer.subject} session={session} close={close} />
      </WordsContext.Provider>,
      mount,
    );
  show();
  return {
    setOpen: (isOpen) => {
      open = isOpen;
      session.setOpen(open);
      if (!open) return;
      // While it was hidden it could not scroll.
      root.querySelector('.transcript')?.scrollTo({ top: Number.MAX_SAFE_INTEGER });
      composer()?.focus({ preventScroll: true });
    },
    compose: (text) => fill(composer(), text),
    identify: async (identity) => {
      const next = await customerOf(identity);
      if (next.subject === customer.subject) return next.subject ? session.identify(next.source) : undefined;
      session.close();
      customer = next;
      session = begin(options, customer);
      session.setOpen(open);
      show();
    },
    setLocale: async (locale) => {
      words = await loadWords(locale);
      show();
    },
    destroy: (forget) => {
      if (forget) session.forget();
      session.close();
      render(null, mount);
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== sheet);
    },
  };
}

interface Customer {
  source: IdentitySource;
  /** Empty for an anonymous one. */
  subject: string;
}

async function customerOf(identity: Identity | null): Promise<Customer> {
  const source = new IdentitySource(identity);
  try {
    const token = await source.token();
    return { source, subject: token === undefined ? '' : (claimsOf(token).sub ?? '?') };
  } catch {
    // The session asks again when it connects, and says so when that fails, too.
    return { source, subject: '?' };
  }
}

function begin({ server, siteKey, locale, emit }: ChatOptions, { source, subject }: Customer): ChatSession {
  const heard: Emit = (name, detail) => {
    if (name === 'message' && (detail as { role: string }).role !== 'customer') chime();
    emit(name, detail);
  };
  return new ChatSession({ server, siteKey, locale, subject, identity: source, emit: heard });
}

function fill(field: HTMLTextAreaElement | null, text: string): void {
  if (!field) return;
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus({ preventScroll: true });
}
