// What loader and chat chunk know of each other: types only, so that neither drags code of the other into its file.

export interface ChatOptions {
  siteKey: string;
  /** Origin of the Retune service, without a trailing slash. */
  server: string;
  /** Where the panel is rendered: an element inside the widget's shadow root. */
  mount: HTMLElement;
  /** Asks the embed to close the panel. */
  close: () => void;
  /** Tells the host page; dispatched as `retune:<name>` on the element. */
  emit: (name: EmbedEvent, detail?: unknown) => void;
}

/** Names of the events on the element, each with the prefix `retune:`. */
export type EmbedEvent = 'ready' | 'open' | 'close' | 'message' | 'rating' | 'connection' | 'error';

export interface ChatHandle {
  /** Tells the chat whether its panel is visible; moves the focus into it when it is. */
  setOpen(open: boolean): void;
  /** Puts a text into the composer, for the customer to send. */
  compose(text: string): void;
  /** Closes the connection and removes everything. */
  destroy(): void;
}

/** What the chat chunk exports. */
export interface ChatModule {
  mountChat(options: ChatOptions): ChatHandle;
}
