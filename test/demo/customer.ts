// A customer: a real socket.io client that holds the service to its contract. Every delta must continue the one before, the
// whole must be the canonical text, and what was acknowledged must be answered.
import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';

const CONNECT_MS_MAX = 20_000;
const ACK_MS_MAX = 20_000;
/** An acknowledged question without an answer by then is lost. */
const ANSWER_MS_MAX = 180_000;

export interface Answer {
  question: string;
  messageId: string;
  text: string;
  adapterVersion: number;
  finishReason: string;
  /** `Date.now()` when the question was sent, when the first piece of the answer came, and when it was complete. */
  askedMs: number;
  firstTokenMs: number;
  doneMs: number;
}

/** What customers together experienced; every message of the demo is counted here. */
export class Tally {
  sent = 0;
  answered = 0;
  /** Refused, or ended in an error. */
  failed = 0;
  /** Acknowledged but never answered, or with a hole in the stream. */
  lost = 0;
  readonly problems: string[] = [];

  /** @throws always, so that it can end an expression */
  problem(kind: 'failed' | 'lost', what: string): never {
    this[kind] += 1;
    this.problems.push(`${kind}: ${what}`);
    throw new Error(what);
  }
}

interface Done {
  messageId: string;
  role: string;
  text: string;
  adapterVersion: number;
  finishReason: string;
}
type Ack = { ok: true; messageId: string } | { ok: false; error: { code: string; message: string } };
type Outcome = { kind: 'done'; done: Done } | { kind: 'error'; message: string } | { kind: 'timeout' };

export interface Customer {
  /** Asks, waits for the whole answer. @throws Error when it fails or is lost; the tally knows */
  ask(text: string, options?: { stopAfterFirstToken?: boolean }): Promise<Answer>;
  rate(messageId: string, value: 'up' | 'down'): Promise<void>;
  /** Texts of all messages of the conversation, as the service keeps them. */
  history(): Promise<{ messageId: string; role: string; text: string; status: string }[]>;
  leave(): void;
}

/** Opens a conversation of its own. */
export async function newCustomer(url: string, tally: Tally): Promise<Customer> {
  const socket = io(`${url}/chat`, { auth: { siteKey: 'demo' }, transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The chat did not open.')), CONNECT_MS_MAX);
    socket.once('session', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('connect_error', reject);
  });
  const emit = (event: string, payload: object) =>
    socket.timeout(ACK_MS_MAX).emitWithAck(event, payload) as Promise<Ack>;
  return {
    ask: (text, options) => ask(socket, tally, text, options?.stopAfterFirstToken ?? false),
    rate: async (messageId, value) => {
      const ack = await emit('rating:set', { messageId, value });
      if (!ack.ok) throw new Error(`The rating was refused: ${ack.error.message}`);
    },
    history: async () => {
      const ack = (await emit('history:get', { limit: 200 })) as unknown as {
        messages: Awaited<ReturnType<Customer['history']>>;
      };
      return ack.messages;
    },
    leave: () => void socket.disconnect(),
  };
}

async function ask(socket: Socket, tally: Tally, question: string, stopEarly: boolean): Promise<Answer> {
  const stream = listen(socket, stopEarly);
  const askedMs = Date.now();
  tally.sent += 1;
  try {
    const payload = { clientMessageId: randomUUID(), text: question };
    const ack = (await socket
      .timeout(ACK_MS_MAX)
      .emitWithAck('message:send', payload)
      .catch(() => tally.problem('failed', `no ack for "${question}"`))) as Ack;
    if (!ack.ok) return tally.problem('failed', `"${question}" was refused: ${ack.error.message}`);
    const outcome = await stream.outcome;
    const doneMs = Date.now();
    if (outcome.kind === 'timeout') return tally.problem('lost', `"${question}" was never answered`);
    if (outcome.kind === 'error') return tally.problem('failed', `"${question}" ended in: ${outcome.message}`);
    const { done } = outcome;
    if (stream.hole()) return tally.problem('lost', `pieces of the answer to "${question}" are missing`);
    if (stream.text() !== done.text)
      return tally.problem(
        'lost',
        `the answer to "${question}" is not what was streamed: "${stream.text()}" / "${done.text}"`,
      );
    tally.answered += 1;
    const { messageId, text, adapterVersion, finishReason } = done;
    return { question, messageId, text, adapterVersion, finishReason, askedMs, firstTokenMs: stream.firstMs(), doneMs };
  } finally {
    stream.close();
  }
}

/** Collects the next answer of the conversation. */
function listen(socket: Socket, stopEarly: boolean) {
  let text = '';
  let next = 0;
  let hole = false;
  let firstMs = 0;
  const onDelta = (delta: { messageId: string; index: number; text: string }) => {
    if (next === 0) {
      firstMs = Date.now();
      if (stopEarly) socket.emit('message:stop', { messageId: delta.messageId });
    }
    hole ||= delta.index !== next;
    next += 1;
    text += delta.text;
  };
  let settle: (outcome: Outcome) => void = () => undefined;
  const outcome = new Promise<Outcome>((resolve) => (settle = resolve));
  const onDone = (done: Done) => done.role === 'assistant' && settle({ kind: 'done', done });
  const onError = ({ error }: { error: { message: string } }) => settle({ kind: 'error', message: error.message });
  const timer = setTimeout(() => settle({ kind: 'timeout' }), ANSWER_MS_MAX);
  socket.on('message:delta', onDelta).on('message:done', onDone).on('message:error', onError);
  return {
    outcome,
    text: () => text,
    hole: () => hole,
    firstMs: () => firstMs,
    close: () => {
      clearTimeout(timer);
      socket.off('message:delta', onDelta).off('message:done', onDone).off('message:error', onError);
    },
  };
}
