// A chat service that does as a test tells it: for what the real one rarely does (hostile answers, refusals, going away).
// It also is the host sites (fake-host.ts).
import { randomUUID } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Namespace, type Socket } from 'socket.io';
import { serveHost } from './fake-host.js';

interface StoredMessage {
  messageId: string;
  clientMessageId: string | null;
  seq: number;
  role: 'customer' | 'assistant' | 'agent';
  text: string;
  status: string;
  nextIndex?: number;
  rating?: string | null;
  agentName?: string;
}

interface Refusal {
  code: string;
  message: string;
  retryAfterMs?: number;
}

export interface FakeChat {
  url: string;
  /** What it answers next; the customer's text goes in. Throw to let the answer fail with that message. */
  answer: (question: string) => string;
  /** Refuses the next sends, until unset. */
  refuseSends?: Refusal;
  /** Refuses ratings with this sentence, until unset. */
  refuseRatings?: string;
  /** Refuses handshakes, until unset. */
  refuseHandshake?: Refusal;
  /** Behaves as a service from before retry, handover and identities. */
  old: boolean;
  /** Refuses the identities it is given, until unset. */
  refuseIdentity?: Refusal;
  /** Places in the queue that it tells before an answer. */
  positions: number[];
  /** Breaks the next answer off after so many pieces. */
  interruptAfter?: number;
  /** Says that it doesn't know, and offers a person. */
  offersPerson?: boolean;
  /** Milliseconds between two pieces of an answer. */
  pieceMs: number;
  ratings: unknown[];
  /** Customer messages in the order in which they were taken. */
  taken: string[];
  /** What clients introduced themselves with. */
  handshakes: Record<string, unknown>[];
  /** Identities set without a new connection. */
  identities: string[];
  /** A message of an agent's, to everybody. */
  sayAsAgent(text: string, agentName: string): void;
  /** Tells all conversations who answers. */
  handOver(state: 'bot' | 'waiting' | 'agent', agentName?: string): void;
  /** Stops listening and cuts all connections; what was said is kept. */
  goAway(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
}

/** What the handlers share. */
interface Desk {
  fake: FakeChat;
  conversations: Map<string, StoredMessage[]>;
  /** Undefined while it is away. */
  chat: () => Namespace | undefined;
  handover: { state: string; agentName?: string };
}

/** Starts it on a free port. Call `goAway` at the end. */
export async function startFakeChat(): Promise<FakeChat> {
  let http: HttpServer | undefined;
  let io: Server | undefined;
  let port = 0;
  const fake: FakeChat = {
    ...{ url: '', old: false, pieceMs: 1, positions: [], ratings: [], taken: [], handshakes: [], identities: [] },
    answer: (question) => `You said: ${question}`,
    sayAsAgent: (text, agentName) => {
      for (const [id, messages] of desk.conversations)
        desk
          .chat()
          ?.to(id)
          .emit('message:done', add(messages, { role: 'agent', text, agentName }));
    },
    handOver: (state, agentName) => {
      desk.handover = { state, ...(agentName ? { agentName } : {}) };
      desk.chat()?.emit('handover', desk.handover);
    },
    goAway: async () => {
      await io?.close();
      io = http = undefined;
    },
    comeBack: async () => {
      http = createServer(serveHost);
      io = new Server(http, { cors: { origin: '*' } });
      const chat = io.of('/chat');
      chat.use((socket, next) => {
        fake.handshakes.push(socket.handshake.auth);
        next(fake.refuseHandshake && Object.assign(new Error('refused'), { data: fake.refuseHandshake }));
      });
      chat.on('connection', (socket) => converse(desk, socket));
      await new Promise<void>((listening) => http?.listen(port, '127.0.0.1', listening));
      port = (http.address() as AddressInfo).port;
      fake.url = `http://127.0.0.1:${port}`;
    },
  };
  const desk: Desk = { fake, conversations: new Map(), chat: () => io?.of('/chat'), handover: { state: 'bot' } };
  await fake.comeBack();
  return fake;
}

type Acknowledge = (answer: object) => void;
const refusal = (error: Refusal) => ({ ok: false, error });

function add(messages: StoredMessage[], message: Partial<StoredMessage>): StoredMessage {
  const base = {
    messageId: randomUUID(),
    clientMessageId: null,
    seq: messages.length + 1,
    role: 'assistant',
    text: '',
  };
  const stored = { ...base, status: 'complete', ...message } as StoredMessage;
  messages.push(stored);
  return stored;
}

function converse(desk: Desk, socket: Socket): void {
  const { fake, conversations } = desk;
  const known = (socket.handshake.auth as { conversationId?: string }).conversationId;
  const conversationId = known && conversations.has(known) ? known : randomUUID();
  const messages = conversations.get(conversationId) ?? [];
  conversations.set(conversationId, messages);
  void socket.join(conversationId);
  const assistant = { slug: 'fake', name: 'Test assistant', greeting: 'Hello!' };
  const news = { handover: desk.handover, limits: { messageChars: 400, noteChars: 1000 }, identified: false };
  socket.emit('session', { conversationId, token: 'token', assistant, ...(fake.old ? {} : news) });
  const room: Room = { desk, id: conversationId, messages, stopped: new Set() };
  for (const [event, handle] of Object.entries({ ...BASIC, ...(fake.old ? {} : NEWER) }))
    socket.on(event, (payload: Payload, ack: Acknowledge) => handle(room, payload, ack));
  socket.onAny((event: string, _payload: unknown, ack: Acknowledge) => {
    if (fake.old && event in NEWER) ack(refusal({ code: 'event.unknown', message: 'There is no such event.' }));
  });
}

interface Room {
  desk: Desk;
  id: string;
  messages: StoredMessage[];
  stopped: Set<string>;
}
interface Payload {
  after?: number;
  messageId: string;
  clientMessageId: string;
  text: string;
  value: string | null;
  identity: string;
}
type Handlers = Record<string, (room: Room, payload: Payload, ack: Acknowledge) => void>;

const BASIC: Handlers = {
  'history:get': ({ messages }, { after = 0 }, ack) =>
    ack({ ok: true, messages: messages.filter(({ seq }) => seq > after) }),
  'message:stop': ({ stopped }, { messageId }, ack) => {
    stopped.add(messageId);
    ack({ ok: true });
  },
  'rating:set': ({ desk: { fake }, messages }, rating, ack) => {
    if (fake.refuseRatings) return ack(refusal({ code: 'fake.refused', message: fake.refuseRatings }));
    fake.ratings.push(rating);
    for (const message of messages) if (message.messageId === rating.messageId) message.rating = rating.value;
    ack({ ok: true });
  },
  'message:send': (room, { clientMessageId, text }, ack) => {
    const { fake, handover } = room.desk;
    if (fake.refuseSends) return ack(refusal(fake.refuseSends));
    const old = room.messages.find((message) => message.clientMessageId === clientMessageId);
    const { messageId, seq } = old ?? add(room.messages, { role: 'customer', clientMessageId, text });
    ack({ ok: true, conversationId: room.id, messageId, seq });
    if (old) return;
    fake.taken.push(text);
    if (handover.state !== 'agent') void write(room, add(room.messages, { status: 'writing' }), text, messageId);
  },
};

const NEWER: Handlers = {
  'message:retry': (room, { messageId }, ack) => {
    const answer = room.messages.find((message) => message.messageId === messageId);
    if (!answer || !['stopped', 'failed', 'interrupted'].includes(answer.status))
      return ack(refusal({ code: 'message.not_retryable', message: 'This answer is finished.' }));
    ack({ ok: true, messageId, seq: answer.seq });
    Object.assign(answer, { status: 'writing', text: '' });
    room.stopped.clear();
    void write(room, answer, room.messages[answer.seq - 2]?.text ?? '');
  },
  'handover:request': ({ desk }, _payload, ack) => {
    ack({ ok: true, state: 'waiting' });
    desk.fake.handOver('waiting');
  },
  'handover:cancel': ({ desk }, _payload, ack) => {
    ack({ ok: true, state: 'bot' });
    desk.fake.handOver('bot');
  },
  'identity:set': ({ desk: { fake } }, { identity }, ack) => {
    if (fake.refuseIdentity) return ack(refusal(fake.refuseIdentity));
    fake.identities.push(identity);
    ack({ ok: true });
  },
};

async function write(
  { desk, id, stopped }: Room,
  answer: StoredMessage,
  question: string,
  askedBy = '',
): Promise<void> {
  const { fake } = desk;
  const { messageId } = answer;
  const emit = (event: string, payload: object) => desk.chat()?.to(id).emit(event, payload);
  const isStopped = () => stopped.has(messageId) || stopped.has(askedBy);
  try {
    for (const position of fake.positions.splice(0)) {
      emit('queue', { messageId, position });
      await later(fake.pieceMs);
    }
    const pieces = fake.answer(question).match(/[^]{1,3}/gu) ?? [];
    for (const [index, text] of pieces.entries()) {
      if (isStopped()) break;
      if (fake.interruptAfter === index) return interrupt(fake, answer, emit);
      answer.text += text;
      answer.nextIndex = index + 1;
      emit('message:delta', { messageId, index, text });
      await later(fake.pieceMs);
    }
    answer.status = isStopped() ? 'stopped' : 'complete';
    const finishReason = isStopped() ? 'stopped' : 'stop';
    const { offersPerson } = fake;
    emit('message:done', { ...answer, offersPerson, adapterVersion: 3, promptVersion: 1, finishReason, latencyMs: 5 });
  } catch (error) {
    answer.status = 'failed';
    emit('message:error', { messageId, error: { code: 'fake.failed', message: (error as Error).message } });
  }
}

function interrupt(fake: FakeChat, answer: StoredMessage, emit: (event: string, payload: object) => void): void {
  fake.interruptAfter = undefined;
  answer.status = 'interrupted';
  const error = { code: 'answer.interrupted', message: 'The service was restarted.' };
  emit('message:error', { messageId: answer.messageId, error });
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
