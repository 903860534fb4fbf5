// The widget's public face: what a host page may call, and what it hears. Types only; the build gives this file out as
// `/widget.d.mts`, so it imports nothing.

/** A JWT that the host's server signed for its customer, or a function that fetches a fresh one when it is needed. */
export type Identity = string | (() => string | Promise<string>);

export interface RetuneOptions {
  /** Public key of the site, from the operator's console. */
  siteKey?: string;
  /** Origin of the Retune service; default: where the script came from. */
  server?: string;
  /** BCP 47 language tag: en, de, fr, es, ja or ar, with or without a region. Default: the page's, else the browser's. */
  locale?: string;
  /** Default `auto`: the visitor's preference. */
  theme?: 'light' | 'dark' | 'auto';
  /** Side of the window. Default: where a line of the language ends. */
  position?: 'left' | 'right';
  /** Who the customer is; null for nobody in particular. */
  identity?: Identity | null;
}

export interface ChatError {
  /** Dotted and stable, e.g. `message.too_long`. */
  code: string;
  /** A sentence for people. */
  message: string;
}

export interface ChatMessage {
  messageId: string;
  role: 'customer' | 'assistant' | 'agent';
  /** Markdown. */
  text: string;
  /** The adapter version that wrote it; 0 for the base model, null for a person's words. */
  adapterVersion?: number | null;
  agentName?: string | null;
  /** From the question to the end of the answer. */
  latencyMs?: number | null;
}

/** What each event carries. On the element they are DOM events named `retune:<name>` with this as `detail`. */
export interface RetuneEvents {
  ready: undefined;
  open: undefined;
  close: undefined;
  /** A finished message of anybody's. */
  message: ChatMessage;
  unread: { count: number };
  rating: {
    messageId: string;
    adapterVersion: number | null;
    value: 'up' | 'down' | null;
    reasons?: string[];
    note?: string;
  };
  handover: { state: 'bot' | 'waiting' | 'agent'; agentName?: string };
  connection: { state: 'connecting' | 'online' | 'offline' | 'refused' };
  error: ChatError;
}

export type EventName = keyof RetuneEvents;
export type Listener<Name extends EventName> = (detail: RetuneEvents[Name]) => void;

export interface RetuneMethods {
  /** Puts the launcher on the page, or changes the options of the one that is there. */
  boot(options?: RetuneOptions): void;
  /** Says who the customer is; null when they sign out. Another customer gets another conversation. */
  identify(identity: Identity | null): void;
  /** Changes some options. */
  update(options: RetuneOptions): void;
  show(): void;
  hide(): void;
  toggle(): void;
  /** Opens the chat with a text in the composer, not yet sent. */
  newMessage(text?: string): void;
  /** Calls `listener` at each event of this name; returns how to stop that. */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void;
  off<Name extends EventName>(name: Name, listener: Listener<Name>): void;
  /** Takes the widget off the page, and what it remembered off this device. */
  shutdown(): void;
}

/** The element `<retune-chat site-key="…">`. */
export interface RetuneChat extends HTMLElement, RetuneMethods {}

export interface RetuneChatConstructor {
  new (): RetuneChat;
  /** Makes an element with these options and appends it to the body. */
  boot(options: RetuneOptions): RetuneChat;
}

/** Of `import { RetuneChat } from 'https://<service>/widget.mjs'`. */
export declare const RetuneChat: RetuneChatConstructor;

/** One call: `['show']`, `['on', 'message', listener]`; or a function that gets `window.Retune`. */
export type RetuneCall = [method: keyof RetuneMethods, ...args: unknown[]] | ((retune: RetuneMethods) => void);

/**
 * `window.Retune`. Before the script has loaded, an array is enough: `(window.Retune ||= []).push(['show'])`. What waits in
 * it (or in the `q` of a stub function) is done at load, and `push` goes on working.
 */
export interface RetuneGlobal extends RetuneMethods {
  (method: keyof RetuneMethods, ...args: unknown[]): void;
  push(...calls: RetuneCall[]): void;
}

declare global {
  interface Window {
    Retune?: RetuneGlobal | RetuneCall[];
  }
  interface HTMLElementTagNameMap {
    'retune-chat': RetuneChat;
  }
}
