// Messages on their way: sent one after the other, so that their order holds, and kept until the service has acknowledged
// them. A repeat carries the same client id, which the service recognises.
import type { ContractError, SendAck, SendPayload } from '../contract.js';
import { isPassing, OFFLINE } from './connection.js';

/** Messages that may wait; the composer refuses more. */
export const OUTBOX_MAX = 20;
/** Tries with a connection before a message counts as not sent. */
const TRIES_MAX = 3;
const PAUSE_MS = 1_500;

export interface OutboxPorts {
  send(payload: SendPayload): Promise<SendAck>;
  sent(payload: SendPayload, ack: Extract<SendAck, { ok: true }>): void;
  failed(payload: SendPayload, error: ContractError): void;
}

export class Outbox {
  #waiting: SendPayload[] = [];
  #busy = false;

  constructor(private readonly ports: OutboxPorts) {}

  get full(): boolean {
    return this.#waiting.length >= OUTBOX_MAX;
  }

  /** Queues a message and sends it when its turn has come. */
  add(payload: SendPayload): void {
    this.#waiting.push(payload);
    void this.flush();
  }

  /** Sends what waits; call it after each reconnect. */
  async flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
        if (!(await this.#deliver(next))) return;
        this.#waiting.shift();
      }
    } finally {
      this.#busy = false;
    }
  }

  /** False when there is no connection: the message stays first in the queue. */
  async #deliver(payload: SendPayload): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      const ack = await this.ports.send(payload);
      if (ack.ok) {
        this.ports.sent(payload, ack);
        return true;
      }
      if (ack.error.code === OFFLINE) return false;
      if (!isPassing(ack.error) || tries === TRIES_MAX) {
        this.ports.failed(payload, ack.error);
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
