// What the panel shows, as one value, and who is told when it changes.
import type { ContractError, HandoverEvent, SessionEvent } from '../contract.js';
import type { Connection } from './link.js';
import type { Transcript } from './transcript.js';

export interface SessionState {
  connection: Connection;
  /** Why there is no connection, where the service or the page's policy said so. */
  refusal?: ContractError;
  assistant?: SessionEvent['assistant'];
  limits: { messageChars?: number; noteChars?: number };
  handover: HandoverEvent;
  /** The agent is writing. */
  agentTypes: boolean;
  /** False once the service has said that it doesn't know the event. */
  can: { handover: boolean; retry: boolean };
  transcript: Transcript;
  /** True from the service's ack until the first sign of an answer. */
  awaiting: boolean;
  /** Place in the queue of the answer that is awaited; 1 is next. */
  position?: number;
  /** False when this browser can't remember the conversation. */
  kept: boolean;
}

export const INITIAL: SessionState = {
  connection: 'connecting',
  limits: {},
  handover: { state: 'bot' },
  agentTypes: false,
  can: { handover: true, retry: true },
  transcript: [],
  awaiting: false,
  kept: true,
};

/** A value and its listeners. */
export class Store<T extends object> {
  #listeners = new Set<() => void>();

  constructor(public state: T) {}

  set(change: Partial<T>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after each change; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
