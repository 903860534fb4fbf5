// What loader and chat chunk know of each other: types only, so that neither drags code of the other into its file.
import type { EventName, Identity, RetuneEvents } from './public.js';

export type Emit = <Name extends EventName>(name: Name, detail: RetuneEvents[Name]) => void;

export interface ChatOptions {
  siteKey: string;
  /** Origin of the Retune service, without a trailing slash. */
  server: string;
  /** BCP 47 language tag. */
  locale: string;
  identity: Identity | null;
  /** Where the panel is rendered: an element inside the widget's shadow root. */
  mount: HTMLElement;
  /** Asks the embed to close the panel. */
  close: () => void;
  /** Tells the host page. */
  emit: Emit;
}

export interface ChatHandle {
  /** Tells the chat whether its panel is visible; moves the focus into it when it is. */
  setOpen(open: boolean): void;
  /** Puts a text into the composer, for the customer to send. */
  compose(text: string): void;
  /** Goes on as this customer. */
  identify(identity: Identity | null): Promise<void>;
  setLocale(locale: string): Promise<void>;
  /** Closes the connection and removes what is on the page; with `forget` also what this page remembers. */
  destroy(forget: boolean): void;
}

/** What the chat chunk exports. */
export interface ChatModule {
  mountChat(options: ChatOptions): Promise<ChatHandle>;
}

/** Prefix of all that the widget stores on a device for one site. */
export const storagePrefix = (server: string, siteKey: string): string => `retune:${server}:${siteKey}`;

/** Stored while something is awaited (an answer, a person, a message to send): the chat then starts without being opened. */
export const wakeKey = (server: string, siteKey: string): string => `${storagePrefix(server, siteKey)}:wake`;
