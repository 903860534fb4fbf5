// A visitor of `npm run bench:load`: a connection that comes back by itself, and sends that are repeated until they are acknowledged, as a
// widget's outbox does; what was missed while away is read in the history.
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { ConversationLedger, SentMessage } from './ledger.js';

const ACK_MS_MAX = 30_000;
const SESSION_MS_MAX = 60_000;
/** An answer that didn't come by then is looked for in the history one last time by `catchUp`. */
const ANSWER_MS_MAX = 120_000;
const POLL_MS = 250;
const RETRY_MS = 500;
const TRIES_MAX = 60;
const HISTORY_LIMIT = 200;

interface Session {
  conversationId: string;
  token: string;
}
interface Heard {
  messageId: string;
  seq: number;
  role: string;
  text: string;
  status?: string;
}
type Ack = { ok: true; messageId: string; seq: number } | { ok: false; error: { code: string } };
type HistoryAck = { ok: true; messages: Heard[] } | { ok: false };

export class Visitor {
  readonly ledger: ConversationLedger = { conversationId: '', sent: [], heard: new Map() };
  /** Sends that were refused, by code; they are repeated. */
  readonly refusals = new Map<string, number>();
  reconnects = -1;
  private token: string | undefined;
  /** Answers that ended in an error. */
  private failed = 0;

  private constructor(private readonly socket: Socket) {}

  /** @throws Error when no session came within a minute */
  static async arrive(url: string): Promise<Visitor> {
    const auth = (give: (auth: object) => void) => give(visitor.auth());
    const socket = io(`${url}/chat`, {
      ...{ auth, transports: ['websocket'], forceNew: true, autoConnect: false, timeout: SESSION_MS_MAX },
      ...{ reconnectionDelay: 100, reconnectionDelayMax: 2_000 },
    });
    const visitor: Visitor = new Visitor(socket);
    visitor.listen();
    socket.connect();
    await visitor.until(() => visitor.ledger.conversationId !== '', SESSION_MS_MAX);
    if (visitor.ledger.conversationId === '') throw new Error('A visitor was not let in.');
    return visitor;
  }

  /**
   * Sends a message until it is acknowledged, `copies` times at once and with `again`, an earlier message, once more after it.
   * @throws Error when it was never acknowledged
   */
  async send(
    message: SentMessage,
    { copies = 1, again }: { copies?: number; again?: SentMessage } = {},
  ): Promise<void> {
    this.ledger.sent.push(message);
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      const sends = Array.from({ length: copies }, () => this.sendOnce(message));
      if (again) sends.push(this.sendOnce(again));
      await Promise.all(sends);
      if (message.acks.length > 0) return;
      await sleep(RETRY_MS * (0.5 + Math.random()));
    }
    throw new Error(`"${message.text}" was never acknowledged.`);
  }

  /** Waits for the answer to an acknowledged message, reading the history after an interruption. */
  async answered({ acks }: SentMessage): Promise<void> {
    const seq = (acks[0]?.seq ?? 0) + 1;
    const failedBefore = this.failed;
    await this.until(() => this.ledger.heard.has(seq) || this.failed > failedBefore, ANSWER_MS_MAX);
    if (!this.ledger.heard.has(seq)) await this.catchUp();
  }

  /** As a lost network would: the transport breaks, and socket.io connects again. */
  cut(): void {
    this.socket.io.engine.close();
  }

  /** Reads everything that was said. */
  async catchUp(): Promise<void> {
    for (let after = 0; ;) {
      const messages = await this.history(after);
      for (const message of messages) if (message.status !== 'writing') this.hear(message);
      if (messages.length < HISTORY_LIMIT) return;
      after = messages.at(-1)?.seq ?? Infinity;
    }
  }

  leave(): void {
    this.socket.disconnect();
  }

  private auth(): object {
    const { conversationId } = this.ledger;
    return { siteKey: 'demo', ...(conversationId && { conversationId, token: this.token }) };
  }

  private listen(): void {
    this.socket.on('session', ({ conversationId, token }: Session) => {
      const isBack = this.ledger.conversationId !== '';
      this.ledger.conversationId = conversationId;
      this.token = token;
      this.reconnects += 1;
      if (isBack) void this.catchUp().catch(() => undefined);
    });
    this.socket.on('message:done', (message: Heard) => this.hear(message));
    this.socket.on('message:error', () => (this.failed += 1));
    // A refused handshake isn't tried again by socket.io itself.
    this.socket.on('connect_error', () => {
      if (!this.socket.active) setTimeout(() => this.socket.connect(), RETRY_MS * (1 + Math.random()));
    });
  }

  private hear({ seq, messageId, text, role }: Heard): void {
    if (role !== 'customer') this.ledger.heard.set(seq, { messageId, text });
  }

  private async sendOnce(message: SentMessage): Promise<void> {
    const { clientMessageId, text, acks } = message;
    const ack = await this.emit<Ack>('message:send', { clientMessageId, text });
    if (ack?.ok) acks.push({ messageId: ack.messageId, seq: ack.seq });
    else if (ack) this.refusals.set(ack.error.code, (this.refusals.get(ack.error.code) ?? 0) + 1);
  }

  private async history(after: number): Promise<Heard[]> {
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      const ack = await this.emit<HistoryAck>('history:get', { after, limit: HISTORY_LIMIT });
      if (ack?.ok) return ack.messages;
      await sleep(RETRY_MS);
    }
    throw new Error('The history could not be read.');
  }

  /** Undefined when the connection broke before the ack. */
  private async emit<T>(event: string, payload: object): Promise<T | undefined> {
    await this.until(() => this.socket.connected, SESSION_MS_MAX);
    return this.socket
      .timeout(ACK_MS_MAX)
      .emitWithAck(event, payload)
      .catch(() => undefined) as Promise<T | undefined>;
  }

  private async until(holds: () => boolean, ms: number): Promise<void> {
    for (const endMs = Date.now() + ms; !holds() && Date.now() < endMs;) await sleep(POLL_MS);
  }
}
