// The widget as an ES module: `import { RetuneChat } from 'https://…/widget.mjs'`. It puts nothing on the page by itself and
// leaves `window.Retune` alone.
import { defineElement, RetuneChatElement } from './element.js';
import type { RetuneChatConstructor } from './public.js';

defineElement(import.meta.url);

export const RetuneChat: RetuneChatConstructor =
  // When the script was there first, the page's element is its class.
  (customElements.get('retune-chat') as RetuneChatConstructor | undefined) ?? RetuneChatElement;
