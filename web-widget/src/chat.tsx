// Entry of the chat chunk: puts the panel into the embed's shadow root and connects it with a session.
import { render } from 'preact';
import css from './chat.css?inline';
import type { ChatHandle, ChatOptions } from './embed.js';
import { ChatSession } from './session/session.js';
import { Panel } from './ui/panel.js';

/** Renders the chat into `mount` and starts the conversation. */
export function mountChat({ siteKey, server, mount, close, emit }: ChatOptions): ChatHandle {
  const root = mount.getRootNode() as ShadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const session = new ChatSession({ server, siteKey, emit });
  const composer = () => root.querySelector<HTMLTextAreaElement>('textarea.composer');
  render(<Panel session={session} close={close} />, mount);
  return {
    setOpen: (open) => {
      if (open) composer()?.focus({ preventScroll: true });
    },
    compose: (text) => {
      const field = composer();
      if (!field) return;
      field.value = text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.focus({ preventScroll: true });
    },
    destroy: () => {
      session.close();
      render(null, mount);
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== sheet);
    },
  };
}
