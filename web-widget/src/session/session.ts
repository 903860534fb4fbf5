// One conversation as the panel sees it: a state that changes, and the few things a customer can do.
import type { Ack, ContractError, FinishedMessage, HandoverEvent, RatingPayload, SessionEvent } from '../contract.js';
import { storagePrefix, wakeKey, type Emit } from '../embed.js';
import { isUnsupported } from './connection.js';
import { catchUp } from './history.js';
import type { IdentitySource } from './identity.js';
import { isGone, Link, type Connection, type LinkSettings } from './link.js';
import { Outbox, type Queued } from './outbox.js';
import { forget, recall, recallSeen, remember, rememberSeen, type Remembered } from './remembered.js';
import { INITIAL, Store, type SessionState } from './state.js';
import { erase, keep, read } from './storage.js';
import * as transcripts from './transcript.js';
import { Typing } from './typing.js';
import { newUuid } from './uuid.js';

export interface SessionSettings extends LinkSettings {
  /** Who the customer is; empty for an anonymous one. */
  subject: string;
  emit: Emit;
}

export class ChatSession {
  readonly store = new Store<SessionState>(INITIAL);
  #link: Link;
  #typing = new Typing(
    (agentTypes) => this.store.set({ agentTypes }),
    (isTyping) => void this.#link.ask('typing:set', { isTyping }),
  );
  #outbox: Outbox;
  #scope: string;
  #conversation: Remembered | undefined;
  /** Whether the panel is before the customer's eyes. */
  #open = false;
  #seen: number;
  #unread = 0;
  /** Whether the next page would be told to connect by itself. */
  #expecting: boolean;

  constructor(private readonly settings: SessionSettings) {
    const { server, siteKey, subject } = settings;
    this.#scope = `${storagePrefix(server, siteKey)}:${subject}`;
    this.#conversation = recall(this.#scope);
    this.#seen = recallSeen(this.#scope);
    this.#expecting = read(this.#wakeKey) !== undefined;
    this.#outbox = new Outbox(this.#scope, {
      send: (payload) => this.#link.ask('message:send', payload),
      sent: (message, ack) => this.#sent(message, ack),
      held: ({ clientMessageId }, error) => this.#changeTurn(clientMessageId, { error }),
      failed: (message, error) => this.#unsent(message, error),
    });
    for (const message of this.#outbox.restore(Date.now())) this.#showQueued(message);
    this.#link = new Link(settings, {
      conversation: () => this.#conversation,
      changed: (connection, refusal) => this.#connection(connection, refusal),
      gone: () => this.#forget(),
    });
    this.#listen();
    this.store.subscribe(() => this.#follow());
  }

  get state(): SessionState {
    return this.store.state;
  }

  /** Sends a message; false when too many wait already. */
  send(text: string): boolean {
    if (this.#outbox.full) return false;
    this.types(false);
    const message = { clientMessageId: newUuid(), text, atMs: Date.now() };
    this.#showQueued(message);
    this.#queue(message);
    return true;
  }

  /** The customer writes, or doesn't any more: told while an agent answers. */
  types(isTyping: boolean): void {
    if (this.state.handover.state === 'agent') this.#typing.own(isTyping);
  }

  /** Sends a message that could not be sent once more, under its old id. */
  resend({ key, text, atMs }: transcripts.Turn): void {
    this.#changeTurn(key, { status: 'sending', error: undefined });
    this.#queue({ clientMessageId: key, text, atMs });
  }

  /** Gives up a message that could not be sent. */
  discard({ key }: transcripts.Turn): void {
    this.#outbox.discard(key);
    this.store.set({ transcript: transcripts.without(this.state.transcript, key) });
  }

  /** Stops the answer that is being written. */
  async stop(): Promise<void> {
    const { transcript } = this.state;
    // Before its first word an answer has no id here; its question's id does as well.
    const stopped =
      transcript.findLast(({ status }) => status === 'writing') ??
      transcript.findLast(({ status }) => status === 'sent');
    if (stopped?.messageId) await this.#link.ask('message:stop', { messageId: stopped.messageId });
  }

  /** Lets an answer that wasn't finished be written again, in its place. */
  async retry({ key, messageId }: transcripts.Turn): Promise<void> {
    if (!messageId) return;
    const ack = await this.#link.ask('message:retry', { messageId });
    const turn = this.state.transcript.find((each) => each.key === key);
    // Its first words may have come before the ack.
    if (ack.ok && turn && transcripts.RETRYABLE.has(turn.status)) this.#changeTurn(key, transcripts.BLANK);
    if (ack.ok) return;
    if (isUnsupported(ack.error)) this.store.set({ can: { ...this.state.can, retry: false } });
    this.#changeTurn(key, { error: ack.error });
  }

  /** Rates an answer; the ack says whether the service has it. */
  async rate(rating: RatingPayload): Promise<Ack> {
    const ack = await this.#link.ask('rating:set', rating);
    if (!ack.ok) return ack;
    const rated = this.state.transcript.find(({ messageId }) => messageId === rating.messageId);
    if (rated) this.#changeTurn(rated.key, { rating: rating.value ?? undefined });
    this.settings.emit('rating', { ...rating, adapterVersion: rated?.adapterVersion ?? null });
    return ack;
  }

  /** Asks for a person, or takes that back. */
  async handover(event: 'handover:request' | 'handover:cancel'): Promise<Ack> {
    const ack = await this.#link.ask(event, {});
    if (ack.ok) this.#handover({ ...this.state.handover, state: ack.state });
    else if (isUnsupported(ack.error)) this.store.set({ can: { ...this.state.can, handover: false } });
    return ack;
  }

  /** The same customer with another token, e.g. a newer one. */
  async identify(identity: IdentitySource): Promise<void> {
    const ack = await this.#link.identify(identity);
    if (!ack.ok) this.settings.emit('error', ack.error);
  }

  /** Tells whether the panel is visible: what arrives then is read. */
  setOpen(open: boolean): void {
    this.#open = open;
    this.#count();
  }

  close(): void {
    this.#outbox.close();
    this.#typing.close();
    this.#link.close();
  }

  /** Forgets the conversation, also on this device. */
  forget(): void {
    for (const { key } of this.state.transcript) this.#outbox.discard(key);
    this.#forget();
    erase(this.#wakeKey);
  }

  #listen(): void {
    const { socket } = this.#link;
    const { store } = this;
    socket.on('session', (event) => void this.#begin(event));
    socket.on('message:delta', (delta) =>
      store.set({
        transcript: transcripts.withDelta(this.state.transcript, delta, Date.now()),
        awaiting: false,
        position: undefined,
      }),
    );
    socket.on('message:done', (message) => this.#finish(message));
    socket.on('message:error', ({ messageId, error }) =>
      store.set({
        transcript: transcripts.withFailure(this.state.transcript, messageId, error, Date.now()),
        awaiting: false,
        position: undefined,
      }),
    );
    socket.on('queue', ({ position }) => store.set({ position }));
    socket.on('handover', (handover) => this.#handover(handover));
    socket.on('typing', ({ from, isTyping }) => {
      if (from === 'agent') this.#typing.heard(isTyping);
    });
  }

  async #begin({ conversationId, token, assistant, handover, limits, identified }: SessionEvent): Promise<void> {
    const goesOn = this.#conversation?.conversationId === conversationId;
    const pending = this.state.transcript.filter(({ status }) => status === 'sending' || status === 'unsent');
    this.#conversation = { conversationId, token };
    this.#remember(!this.#outbox.empty);
    this.store.set({ assistant, limits: limits ?? {}, ...(goesOn ? {} : { transcript: pending, awaiting: false }) });
    if (handover) this.#handover(handover);
    this.#connection('online');
    // An identified customer's conversation may have begun on another device.
    if (goesOn || identified) await catchUp(this.#link, this.store);
    this.#count();
    await this.#outbox.flush();
  }

  #queue(message: Queued): void {
    this.#remember(true);
    if (!this.#outbox.add(message)) this.store.set({ kept: false });
  }

  #showQueued({ clientMessageId: key, text, atMs, error }: Queued): void {
    this.store.set({ transcript: transcripts.withQueued(this.state.transcript, { key, text, atMs, error }) });
  }

  #sent({ clientMessageId }: Queued, { messageId, seq }: { messageId: string; seq: number }): void {
    const answered = this.state.transcript.some((turn) => turn.role !== 'customer' && (turn.seq ?? 0) > seq);
    this.#changeTurn(clientMessageId, { status: 'sent', messageId, seq, error: undefined });
    const awaiting =
      this.state.handover.state !== 'agent' && !answered && !transcripts.isWriting(this.state.transcript);
    this.store.set({ awaiting });
    this.#remember(true);
  }

  #unsent({ clientMessageId }: Queued, error: ContractError): void {
    this.#changeTurn(clientMessageId, { status: 'unsent', error });
    if (!isGone(error)) return;
    this.#forget();
    this.#link.restart();
  }

  #finish(message: FinishedMessage): void {
    const own = message.role === 'customer';
    if (message.role === 'agent') this.#typing.heard(false);
    this.store.set({
      transcript: transcripts.withFinished(this.state.transcript, message, Date.now()),
      awaiting: own && this.state.awaiting,
      ...(own ? {} : { position: undefined }),
    });
    this.#count();
    this.settings.emit('message', message);
  }

  #handover(handover: HandoverEvent): void {
    const { state, agentName } = this.state.handover;
    if (handover.state === state && handover.agentName === agentName) return;
    this.#typing.heard(false);
    this.store.set({ handover, ...(handover.state === 'agent' ? { awaiting: false, position: undefined } : {}) });
    this.settings.emit('handover', handover);
  }

  #connection(connection: Connection, refusal?: ContractError): void {
    const changed = connection !== this.state.connection;
    this.store.set({ connection, refusal });
    if (changed) this.settings.emit('connection', { state: connection });
    if (changed && connection === 'refused' && refusal) this.settings.emit('error', refusal);
  }

  #remember(lasting: boolean): void {
    if (!this.#conversation) return;
    if (!remember(this.#scope, this.#conversation, lasting)) this.store.set({ kept: false });
  }

  #forget(): void {
    forget(this.#scope);
    this.#conversation = undefined;
    this.#seen = 0;
  }

  /** Counts what was said while nobody looked. */
  #count(): void {
    const last = transcripts.lastSeq(this.state.transcript);
    if (this.#open && last > this.#seen) {
      this.#seen = last;
      rememberSeen(this.#scope, last);
    }
    const unread = this.state.transcript.filter(
      ({ role, seq, status }) => role !== 'customer' && status !== 'writing' && (seq ?? 0) > this.#seen,
    ).length;
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.settings.emit('unread', { count: unread });
  }

  /** While something is awaited, the next page shall connect without being asked to. */
  #follow(): void {
    const { awaiting, transcript, handover, connection } = this.state;
    const expecting = !this.#outbox.empty || awaiting || transcripts.isWriting(transcript) || handover.state !== 'bot';
    // What an earlier page waited for is known only once there is a connection.
    if (expecting === this.#expecting || (!expecting && connection !== 'online')) return;
    this.#expecting = expecting;
    if (expecting) keep(this.#wakeKey, '1');
    else erase(this.#wakeKey);
  }

  get #wakeKey(): string {
    return wakeKey(this.settings.server, this.settings.siteKey);
  }

  #changeTurn(key: string, change: Partial<transcripts.Turn>): void {
    this.store.set({ transcript: transcripts.withChange(this.state.transcript, key, change) });
  }
}
