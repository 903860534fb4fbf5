// Keeps the socket going: hands over who we are at each connection, knows which refusals are final and which pass, and renews
// an identity that has expired.
import type { Ack, ClientEvents, ContractError, HandshakeAuth } from '../contract.js';
import { ask, connect, isUnsupported, type Answer, type ChatSocket, type Payload } from './connection.js';
import type { IdentitySource } from './identity.js';
import type { Remembered } from './remembered.js';

export type Connection = 'connecting' | 'online' | 'offline' | 'refused';

export interface LinkSettings {
  /** Origin of the service. */
  server: string;
  siteKey: string;
  /** BCP 47. */
  locale: string;
  identity: IdentitySource;
}

export interface LinkPorts {
  /** The conversation to go on with. */
  conversation(): Remembered | undefined;
  changed(connection: Connection, refusal?: ContractError): void;
  /** The service doesn't know the conversation any more; called before the next try. */
  gone(): void;
}

const RECONNECT_MS = 2_000;
const RECONNECT_MS_MAX = 60_000;
const EXPIRED = 'identity.expired';
const GONE = new Set(['auth.unknown_conversation', 'conversation.unknown']);
/** Trying again changes nothing. */
const FINAL = /^(site|identity|auth|payload)\./;
const BLOCKED: ContractError = {
  code: 'widget.blocked_by_policy',
  message: "This site's security policy (connect-src) doesn't let the chat connect.",
};
const UNAVAILABLE: ContractError = {
  code: 'identity.unavailable',
  message: 'The page could not say who the customer is.',
};

/** Whether an error says that the conversation has to begin anew. */
export const isGone = ({ code }: ContractError): boolean => GONE.has(code);

export class Link {
  readonly socket: ChatSocket;
  #timer?: ReturnType<typeof setTimeout>;
  /** Set when the page's policy refused a connection. */
  #blocked = false;
  #renewals = 0;
  #identity: IdentitySource;
  #unlisten = new AbortController();

  constructor(
    private readonly settings: LinkSettings,
    private readonly ports: LinkPorts,
  ) {
    this.#identity = settings.identity;
    this.socket = connect(settings.server, (send) => void this.#introduce(send));
    this.socket.on('disconnect', (reason) => {
      this.ports.changed('offline');
      // After a disconnect that the service asked for, socket.io doesn't reconnect by itself.
      if (reason === 'io server disconnect') this.#reconnectLater();
    });
    this.socket.on('connect', () => {
      this.#renewals = 0;
      this.#blocked = false;
    });
    this.socket.on('connect_error', (error: Error & { data?: ContractError }) => this.#refused(error.data));
    const { signal } = this.#unlisten;
    document.addEventListener('securitypolicyviolation', (event) => this.#violated(event), { signal });
    // socket.io's next try may be seconds away.
    window.addEventListener('online', () => !this.socket.connected && this.socket.active && this.restart(), { signal });
  }

  /** Asks the service; an identity that has expired is renewed once. */
  async ask<E extends keyof ClientEvents>(event: E, payload: Payload<E>): Promise<Answer<E>> {
    const answer = await ask(this.socket, event, payload);
    if (answer.ok || answer.error.code !== EXPIRED || !(await this.#renew())) return answer;
    return ask(this.socket, event, payload);
  }

  /** Goes on with another token of the same customer, now and at each later connection. */
  async identify(source: IdentitySource): Promise<Ack> {
    this.#identity = source;
    try {
      const identity = await source.token();
      if (identity === undefined || !this.socket.connected) return { ok: true };
      const ack = await ask(this.socket, 'identity:set', { identity });
      // An older service learns it at the next connection.
      return ack.ok || isUnsupported(ack.error) ? { ok: true } : ack;
    } catch {
      return { ok: false, error: UNAVAILABLE };
    }
  }

  /** Connects anew, as whoever `conversation` then says. */
  restart(): void {
    this.socket.disconnect().connect();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#unlisten.abort();
    this.socket.disconnect();
  }

  async #introduce(send: (auth: HandshakeAuth) => void): Promise<void> {
    const { siteKey, locale } = this.settings;
    try {
      send({ siteKey, locale, identity: await this.#identity.token(), ...this.ports.conversation() });
    } catch {
      this.#end(UNAVAILABLE);
    }
  }

  async #renew(): Promise<boolean> {
    if (!this.#identity.renewable) return false;
    try {
      const identity = await this.#identity.token(true);
      return identity !== undefined && (await ask(this.socket, 'identity:set', { identity })).ok;
    } catch {
      return false;
    }
  }

  #refused(error?: ContractError): void {
    if (!error || this.socket.active) {
      this.ports.changed('offline', this.#blocked ? BLOCKED : undefined);
      if (!this.socket.active) this.#reconnectLater();
    } else if (isGone(error) && this.ports.conversation()) {
      this.ports.gone();
      this.restart();
    } else if (error.code === EXPIRED && this.#identity.renewable && this.#renewals++ === 0) {
      void this.#identity.token(true).then(
        () => this.socket.connect(),
        () => this.#end(error),
      );
    } else if (FINAL.test(error.code)) {
      this.#end(error);
    } else {
      this.ports.changed('offline', error);
      this.#reconnectLater(error.retryAfterMs);
    }
  }

  #end(error: ContractError): void {
    this.socket.disconnect();
    this.ports.changed('refused', error);
  }

  #reconnectLater(afterMs = RECONNECT_MS): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.socket.connect(), Math.min(afterMs, RECONNECT_MS_MAX));
  }

  #violated({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void {
    const host = this.settings.server.replace(/^\w+:/, '');
    if (effectiveDirective === 'connect-src' && blockedURI.replace(/^\w+:/, '').startsWith(host)) this.#blocked = true;
  }
}
