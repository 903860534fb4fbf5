// A chat service that does as a test tells it: for what the real one rarely does (hostile answers, refusals, going away).
// It also is the host site: a page with a strict Content-Security-Policy and hostile CSS that embeds the built widget.
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { Server, type Socket } from 'socket.io';

const BUILT = resolve('dist/web-widget');
const HOST_PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A host site</title>
<link rel="stylesheet" href="/hostile.css"><script async src="/widget.js" data-key="fake"></script></head>
<body><main><h1>A host site</h1><button>Its own button</button></main></body></html>`;
const HOSTILE_CSS = `* { font-size: 40px !important; color: red !important; float: left; letter-spacing: 1em }
button, textarea { display: none !important } main button { display: block !important }`;
const POLICY = "default-src 'self'; style-src 'self'; script-src 'self'; require-trusted-types-for 'script'";

interface StoredMessage {
  messageId: string;
  clientMessageId: string | null;
  seq: number;
  role: 'customer' | 'assistant';
  text: string;
  status: string;
  nextIndex?: number;
  rating?: string | null;
}

export interface FakeChat {
  url: string;
  /** What it answers next; the customer's text goes in. Throw to let the answer fail with that message. */
  answer: (question: string) => string;
  /** Refuses the next sends with this sentence, until unset. */
  refuseSends?: string;
  /** Refuses ratings with this sentence, until unset. */
  refuseRatings?: string;
  /** Milliseconds between two pieces of an answer. */
  pieceMs: number;
  ratings: unknown[];
  /** Customer messages in the order in which they were taken. */
  taken: string[];
  /** Stops listening and cuts all connections; what was said is kept. */
  goAway(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
}

/** Starts it on a free port. Call `goAway` at the end. */
export async function startFakeChat(): Promise<FakeChat> {
  const conversations = new Map<string, StoredMessage[]>();
  let http: HttpServer | undefined;
  let io: Server | undefined;
  let port = 0;
  const fake: FakeChat = {
    url: '',
    answer: (question) => `You said: ${question}`,
    pieceMs: 1,
    ratings: [],
    taken: [],
    goAway: async () => {
      await io?.close();
      io = http = undefined;
    },
    comeBack: async () => {
      http = createServer(serveFile);
      io = new Server(http);
      io.of('/chat').on('connection', (socket) => converse(fake, conversations, socket));
      await new Promise<void>((listening) => http?.listen(port, '127.0.0.1', listening));
      port = (http.address() as AddressInfo).port;
      fake.url = `http://127.0.0.1:${port}`;
    },
  };
  await fake.comeBack();
  return fake;
}

function serveFile(request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '/', 'http://host').pathname;
  const send = (type: string, text: string) =>
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(text);
  if (path === '/') return void send('text/html', HOST_PAGE);
  if (path === '/hostile.css') return void send('text/css', HOSTILE_CSS);
  const file = resolve(BUILT, `.${path}`);
  if (!file.startsWith(BUILT) || !existsSync(file))
    return void response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
  createReadStream(file).pipe(response.writeHead(200, { 'content-type': 'text/javascript' }));
}

type Acknowledge = (answer: object) => void;
const refusal = (message: string) => ({ ok: false, error: { code: 'fake.refused', message } });

function converse(fake: FakeChat, conversations: Map<string, StoredMessage[]>, socket: Socket): void {
  const known = (socket.handshake.auth as { conversationId?: string }).conversationId;
  const conversationId = known && conversations.has(known) ? known : randomUUID();
  const messages = conversations.get(conversationId) ?? [];
  conversations.set(conversationId, messages);
  const add = (message: Partial<StoredMessage>): StoredMessage => {
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
  };
  const stopped = new Set<string>();
  const assistant = { slug: 'fake', name: 'Test assistant', greeting: 'Hello!' };
  socket.emit('session', { conversationId, token: 'token', assistant });
  socket.on('history:get', ({ after = 0 }: { after?: number }, ack: Acknowledge) =>
    ack({ ok: true, messages: messages.filter(({ seq }) => seq > after) }),
  );
  socket.on('message:stop', ({ messageId }: { messageId: string }, ack: Acknowledge) => {
    stopped.add(messageId);
    ack({ ok: true });
  });
  socket.on('rating:set', (rating: { messageId: string; value: string | null }, ack: Acknowledge) => {
    if (fake.refuseRatings) return ack(refusal(fake.refuseRatings));
    fake.ratings.push(rating);
    for (const message of messages) if (message.messageId === rating.messageId) message.rating = rating.value;
    ack({ ok: true });
  });
  socket.on(
    'message:send',
    ({ clientMessageId, text }: { clientMessageId: string; text: string }, ack: Acknowledge) => {
      if (fake.refuseSends) return ack(refusal(fake.refuseSends));
      const old = messages.find((message) => message.clientMessageId === clientMessageId);
      const { messageId, seq } = old ?? add({ role: 'customer', clientMessageId, text });
      ack({ ok: true, conversationId, messageId, seq });
      if (old) return;
      fake.taken.push(text);
      void write(fake, socket, add({ status: 'writing' }), text, stopped);
    },
  );
}

async function write(fake: FakeChat, socket: Socket, answer: StoredMessage, question: string, stopped: Set<string>) {
  const { messageId } = answer;
  try {
    const pieces = fake.answer(question).match(/[^]{1,3}/g) ?? [];
    for (const [index, text] of pieces.entries()) {
      if (stopped.has(messageId)) break;
      answer.text += text;
      answer.nextIndex = index + 1;
      socket.emit('message:delta', { messageId, index, text });
      await new Promise((later) => setTimeout(later, fake.pieceMs));
    }
    answer.status = stopped.has(messageId) ? 'stopped' : 'complete';
    const finishReason = stopped.has(messageId) ? 'stopped' : 'stop';
    socket.emit('message:done', { ...answer, adapterVersion: 0, promptVersion: 1, finishReason, latencyMs: 5 });
  } catch (error) {
    answer.status = 'failed';
    socket.emit('message:error', { messageId, error: { code: 'fake.failed', message: (error as Error).message } });
  }
}
