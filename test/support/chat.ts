// A chat client for tests: connects to `/chat`, collects what it hears, and asks whole questions.
import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';

const WAIT_MS_MAX = 60_000;

export interface Refusal {
  code: string;
  message: string;
  retryAfterMs?: number;
}
export type Ack<T = Record<string, unknown>> = ({ ok: true } & T) | { ok: false; error: Refusal };
export interface Delta {
  messageId: string;
  index: number;
  text: string;
}
export interface Done {
  messageId: string;
  seq: number;
  role: string;
  text: string;
  adapterVersion: number | null;
  promptVersion: number | null;
  finishReason: string | null;
  usage: { promptTokens: number; completionTokens: number } | null;
  latencyMs: number | null;
  memory: { entryId: string; score: number; use: 'verbatim' | 'few-shot' }[];
  agentName?: string;
  offersPerson?: boolean;
}
export interface HistoryEntry extends Done {
  status: string;
  clientMessageId: string | null;
  rating: string | null;
  nextIndex?: number;
}
export interface Session {
  conversationId: string;
  token: string;
  assistant: { slug: string; name: string; greeting: string };
  handover: Handover;
  limits: { messageChars: number; noteChars: number };
  identified: boolean;
}
export interface Handover {
  state: 'bot' | 'waiting' | 'agent';
  agentName?: string;
}
export type SendAck = Ack<{ conversationId: string; messageId: string; seq: number }>;

export interface ChatClient {
  socket: Socket;
  session: Session;
  deltas: Delta[];
  done: Done[];
  errors: { messageId: string; error: Refusal }[];
  handovers: Handover[];
  queue: { messageId: string; position: number }[];
  /** Sends any event with an ack. */
  ask: <T = Record<string, unknown>>(event: string, ...payload: unknown[]) => Promise<Ack<T>>;
  send: (text: string, clientMessageId?: string) => Promise<SendAck>;
  /** Sends, and waits for the whole answer. @throws when it is refused or fails */
  answer: (text: string) => Promise<Done>;
  history: (after?: number) => Promise<HistoryEntry[]>;
  /** Resolves once `check` gives something. */
  until: <T>(check: () => T | undefined | false) => Promise<T>;
  close: () => void;
}

/** Connects. @param extraHeaders what a browser or a proxy would send. @throws the refusal of the handshake */
export async function openChat(
  url: string,
  auth: object = { siteKey: 'demo' },
  extraHeaders: Record<string, string> = {},
): Promise<ChatClient> {
  const how = { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders };
  const socket = io(`${url}/chat`, { auth, ...how });
  const [handovers, queue]: [Handover[], ChatClient['queue']] = [[], []];
  socket.on('handover', (handover: Handover) => handovers.push(handover));
  socket.on('queue', (notice: ChatClient['queue'][number]) => queue.push(notice));
  const [deltas, done, errors]: [Delta[], Done[], ChatClient['errors']] = [[], [], []];
  socket.on('message:delta', (delta: Delta) => deltas.push(delta));
  socket.on('message:done', (message: Done) => done.push(message));
  socket.on('message:error', (error: ChatClient['errors'][number]) => errors.push(error));
  const session = await new Promise<Session>((resolve, reject) => {
    socket.once('session', resolve);
    socket.once('connect_error', (error: Error & { data?: Refusal }) => {
      socket.close();
      reject(Object.assign(error, error.data));
    });
  });
  const ask = <T>(event: string, ...payload: unknown[]) =>
    socket.timeout(WAIT_MS_MAX).emitWithAck(event, ...payload) as Promise<Ack<T>>;
  const send = (text: string, clientMessageId: string = randomUUID()) =>
    ask<{ conversationId: string; messageId: string; seq: number }>('message:send', { clientMessageId, text });
  const client: Omit<ChatClient, 'answer'> = {
    ...{ socket, session, deltas, done, errors, handovers, queue, ask, send },
    history: async (after = 0) => {
      const ack = await ask<{ messages: HistoryEntry[] }>('history:get', { after, limit: 200 });
      if (!ack.ok) throw Object.assign(new Error(ack.error.message), ack.error);
      return ack.messages;
    },
    until: (check) => until(check),
    close: () => void socket.close(),
  };
  return { ...client, answer: (text) => answerOf(client, text) };
}

async function answerOf({ send, done, errors }: Omit<ChatClient, 'answer'>, text: string): Promise<Done> {
  const ack = await send(text);
  if (!ack.ok) throw Object.assign(new Error(ack.error.message), ack.error);
  // The answer's row comes right after the question's.
  const mine = () => done.find(({ seq, role }) => role === 'assistant' && seq === ack.seq + 1);
  const failed = errors.length;
  const answer = await until(() => mine() ?? (errors.length > failed && errors.at(-1)));
  if ('error' in answer) throw Object.assign(new Error(answer.error.message), answer.error);
  return answer;
}

/** Polls until `check` gives something. @throws after a minute */
export async function until<T>(check: () => T | undefined | false, waitMs = WAIT_MS_MAX): Promise<T> {
  for (const endMs = Date.now() + waitMs; Date.now() < endMs;) {
    const found = check();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('What was waited for did not come.');
}
