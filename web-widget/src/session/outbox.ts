// Messages on their way: sent one after the other, so that their order holds, and kept (over reloads, too) until the service
// has acknowledged them. A repeat carries the same client id, which the service recognises: two tabs may both send.
import type { ContractError, SendAck, SendPayload } from '../contract.js';
import { isPassing, OFFLINE } from './connection.js';
import { erase, keep, keysWith, readAs } from './storage.js';

/** Messages that may wait; the composer refuses more. */
export const OUTBOX_MAX = 20;
/** Tries with a connection before a message counts as not sent. */
const TRIES_MAX = 5;
const PAUSE_MS = 1_500;
const PAUSE_MS_MAX = 60_000;
/** Older ones would surprise the customer. */
const AGE_MS_MAX = 7 * 24 * 3_600_000;

export interface Queued extends SendPayload {
  atMs: number;
  /** Why the service refused it; it then waits for the customer. */
  error?: ContractError;
}

export interface OutboxPorts {
  send(payload: SendPayload): Promise<SendAck>;
  sent(message: Queued, ack: Extract<SendAck, { ok: true }>): void;
  /** It will be tried again a little later. */
  held(message: Queued, error: ContractError): void;
  failed(message: Queued, error: ContractError): void;
}

export class Outbox {
  #waiting: Queued[] = [];
  #busy = false;
  #closed = false;

  /** @param scope prefix of what is stored for one customer of one site */
  constructor(
    private readonly scope: string,
    private readonly ports: OutboxPorts,
  ) {}

  get full(): boolean {
    return this.#waiting.length >= OUTBOX_MAX;
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Takes back what an earlier page could not send; in the order in which it was written. */
  restore(nowMs: number): Queued[] {
    const keys = keysWith(this.#keyOf(''));
    const stored = keys.flatMap((key) => {
      const message = readAs(key, isQueued);
      if (message && nowMs - message.atMs < AGE_MS_MAX) return [message];
      erase(key);
      return [];
    });
    stored.sort((a, b) => a.atMs - b.atMs);
    this.#waiting = stored.filter(({ error }) => !error).slice(0, OUTBOX_MAX);
    return stored;
  }

  /** Queues a message and sends it when its turn has come; false when this browser keeps it for this page only. */
  add(message: Queued): boolean {
    const { clientMessageId, text, atMs } = message;
    this.#waiting.push({ clientMessageId, text, atMs });
    const kept = keep(this.#keyOf(clientMessageId), JSON.stringify({ clientMessageId, text, atMs }));
    void this.flush();
    return kept;
  }

  discard(clientMessageId: string): void {
    this.#waiting = this.#waiting.filter((message) => message.clientMessageId !== clientMessageId);
    erase(this.#keyOf(clientMessageId));
  }

  /** Sends what waits; call it after each reconnect. */
  async flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#waiting[0]; next && !this.#closed; next = this.#waiting[0])
        if (!(await this.#deliver(next))) return;
    } finally {
      this.#busy = false;
    }
  }

  close(): void {
    this.#closed = true;
  }

  /** False when there is no connection: the message stays first in the queue. */
  async #deliver(message: Queued): Promise<boolean> {
    const { clientMessageId, text } = message;
    for (let tries = 1; !this.#closed; tries += 1) {
      const ack = await this.ports.send({ clientMessageId, text });
      if (ack.ok) {
        this.discard(clientMessageId);
        this.ports.sent(message, ack);
        return true;
      }
      if (ack.error.code === OFFLINE) return false;
      if (!isPassing(ack.error) || tries === TRIES_MAX) {
        this.#refuse(message, ack.error);
        return true;
      }
      this.ports.held(message, ack.error);
      await pause(Math.min(ack.error.retryAfterMs ?? PAUSE_MS, PAUSE_MS_MAX));
    }
    return false;
  }

  #refuse(message: Queued, error: ContractError): void {
    this.discard(message.clientMessageId);
    keep(this.#keyOf(message.clientMessageId), JSON.stringify({ ...message, error }));
    this.ports.failed(message, error);
  }

  #keyOf(clientMessageId: string): string {
    return `${this.scope}:out:${clientMessageId}`;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function isQueued(value: unknown): value is Queued {
  if (typeof value !== 'object' || value === null) return false;
  const { clientMessageId, text, atMs } = value as Partial<Queued>;
  return typeof clientMessageId === 'string' && typeof text === 'string' && typeof atMs === 'number';
}
