// One conversation as the panel sees it: a state that changes, and the few things a customer can do.
import type { Ack, ContractError, FinishedMessage, HandoverEvent, RatingPayload, SessionEvent } from '../contract.js';
import type { EmbedEvent } from '../embed.js';
import { ask, connect, type ChatSocket } from './connection.js';
import { Outbox } from './outbox.js';
import { forget, recall, remember, type Remembered } from './remembered.js';
import * as transcripts from './transcript.js';

export interface SessionState {
  connection: 'connecting' | 'online' | 'offline' | 'refused';
  /** Why the service refused us, as a sentence. */
  refusal?: string;
  assistant?: SessionEvent['assistant'];
  handover: HandoverEvent;
  transcript: transcripts.Transcript;
  /** True from the service's ack until the first sign of an answer. */
  awaiting: boolean;
}

export interface SessionSettings {
  server: string;
  siteKey: string;
  emit: (name: EmbedEvent, detail?: unknown) => void;
}

const RECONNECT_MS = 2_000;
const UNKNOWN_CONVERSATION = 'auth.unknown_conversation';
const HISTORY_PAGE = 100;
/** Pages fetched after a reconnect; together more than the transcript keeps. */
const HISTORY_PAGES_MAX = 20;

export class ChatSession {
  #state: SessionState = { connection: 'connecting', handover: { state: 'bot' }, transcript: [], awaiting: false };
  #listeners = new Set<() => void>();
  #socket: ChatSocket;
  #outbox: Outbox;
  #conversation: Remembered | undefined;

  constructor(private readonly settings: SessionSettings) {
    const { server, siteKey } = settings;
    this.#conversation = recall(server, siteKey);
    this.#socket = connect(server, () => ({ siteKey, ...this.#conversation }));
    this.#outbox = new Outbox({
      send: (payload) => ask(this.#socket, 'message:send', payload),
      sent: (payload, { messageId, seq }) => {
        this.#changeTurn(payload.clientMessageId, { status: 'sent', messageId, seq, error: undefined });
        this.#set({ awaiting: this.#state.handover.state === 'bot' });
        if (this.#conversation) remember(server, siteKey, this.#conversation, true);
      },
      failed: (payload, error) => {
        this.#changeTurn(payload.clientMessageId, { status: 'unsent', error: error.message });
        if (error.code === UNKNOWN_CONVERSATION) this.#startAfresh();
      },
    });
    this.#listen();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Calls back after each change; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends a message; false when too many wait already. */
  send(text: string): boolean {
    if (this.#outbox.full) return false;
    const clientMessageId = newUuid();
    this.#set({ transcript: transcripts.withQueued(this.#state.transcript, clientMessageId, text) });
    this.#outbox.add({ clientMessageId, text });
    return true;
  }

  /** Sends a message that could not be sent once more, under its old id. */
  retry(turn: transcripts.Turn): void {
    this.#changeTurn(turn.key, { status: 'sending', error: undefined });
    this.#outbox.add({ clientMessageId: turn.key, text: turn.text });
  }

  /** Stops the answer that is being written. */
  async stop(): Promise<void> {
    const { transcript } = this.#state;
    // Before its first word an answer has no id here; its question's id does as well.
    const stopped =
      transcript.findLast(({ status }) => status === 'writing') ??
      transcript.findLast(({ status }) => status === 'sent');
    if (stopped?.messageId) await ask(this.#socket, 'message:stop', { messageId: stopped.messageId });
  }

  /** Rates an answer; the ack says whether the service has it. */
  async rate(rating: RatingPayload): Promise<Ack> {
    const ack = await ask(this.#socket, 'rating:set', rating);
    if (ack.ok) {
      this.#changeTurn(rating.messageId, { rating: rating.value ?? undefined });
      this.settings.emit('rating', rating);
    }
    return ack;
  }

  close(): void {
    this.#socket.disconnect();
    this.#listeners.clear();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('session', (event) => void this.#begin(event));
    socket.on('message:delta', (delta) =>
      this.#set({ transcript: transcripts.withDelta(this.#state.transcript, delta), awaiting: false }),
    );
    socket.on('message:done', (message) => this.#finish(message));
    socket.on('message:error', ({ messageId, error }) =>
      this.#set({ transcript: transcripts.withFailure(this.#state.transcript, messageId, error), awaiting: false }),
    );
    socket.on('handover', (handover) => this.#set({ handover }));
    socket.on('disconnect', (reason) => {
      this.#connection('offline');
      // After a disconnect that the service asked for, socket.io doesn't reconnect by itself.
      if (reason === 'io server disconnect') setTimeout(() => socket.connect(), RECONNECT_MS);
    });
    socket.on('connect_error', (error) => this.#refused(error));
  }

  async #begin(event: SessionEvent): Promise<void> {
    const { server, siteKey } = this.settings;
    const goesOn = this.#conversation?.conversationId === event.conversationId;
    this.#conversation = { conversationId: event.conversationId, token: event.token };
    remember(server, siteKey, this.#conversation, false);
    const pending = this.#state.transcript.filter(({ status }) => status === 'sending' || status === 'unsent');
    this.#set({ assistant: event.assistant, ...(goesOn ? {} : { transcript: pending, awaiting: false }) });
    this.#connection('online');
    if (goesOn) await this.#catchUp();
    await this.#outbox.flush();
  }

  /** Fetches what was said since the last message we know. */
  async #catchUp(): Promise<void> {
    for (let page = 0; page < HISTORY_PAGES_MAX; page += 1) {
      const after = this.#lastFinishedSeq();
      const ack = await ask(this.#socket, 'history:get', { after, limit: HISTORY_PAGE });
      if (!ack.ok) return;
      const transcript = ack.messages.reduce(transcripts.withFinished, this.#state.transcript);
      const answered = ack.messages.some(({ role }) => role !== 'customer');
      this.#set({ transcript, ...(answered ? { awaiting: false } : {}) });
      if (ack.messages.length < HISTORY_PAGE || this.#lastFinishedSeq() <= after) return;
    }
  }

  /** An answer that was being written when the connection broke must be asked for again, so stop before it. */
  #lastFinishedSeq(): number {
    const { transcript } = this.#state;
    const writing = transcript.findIndex(({ status }) => status === 'writing');
    return transcripts.lastSeq(writing < 0 ? transcript : transcript.slice(0, writing));
  }

  #finish(message: FinishedMessage): void {
    const awaiting = message.role === 'customer' && this.#state.awaiting;
    this.#set({ transcript: transcripts.withFinished(this.#state.transcript, message), awaiting });
    this.settings.emit('message', message);
  }

  #refused(error: Error & { data?: Partial<ContractError> }): void {
    const { code, message } = error.data ?? {};
    if (this.#socket.active || !code?.startsWith('auth.')) {
      this.#connection('offline');
      // After a refusal socket.io doesn't try again by itself; when only the network failed, it does.
      if (!this.#socket.active) setTimeout(() => this.#socket.connect(), RECONNECT_MS);
    } else if (this.#conversation) {
      // The service doesn't know the conversation any more; a new one is better than none.
      this.#startAfresh();
    } else {
      this.#set({ refusal: message ?? error.message });
      this.#connection('refused');
      this.settings.emit('error', error.data);
    }
  }

  #startAfresh(): void {
    forget(this.settings.server, this.settings.siteKey);
    this.#conversation = undefined;
    this.#socket.disconnect().connect();
  }

  #connection(connection: SessionState['connection']): void {
    if (connection === this.#state.connection) return;
    this.#set({ connection });
    this.settings.emit('connection', { state: connection });
  }

  #changeTurn(key: string, change: Partial<transcripts.Turn>): void {
    this.#set({ transcript: transcripts.withChange(this.#state.transcript, key, change) });
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** A random UUID, also on pages without a secure context, where `crypto.randomUUID` is missing. */
function newUuid(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
