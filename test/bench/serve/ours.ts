// Our side of `npm run bench:serve`: real clients on real sockets. What was said earlier in a dialogue is put into the database before
// the clock starts, so that the prompt is the dialogue's and not what we would have said.
import type pg from 'pg';
import { openChat, type ChatClient, type Delta, type Done, type Refusal } from '../../support/chat.js';
import { message } from '../../support/answered.js';
import type { AnswerTiming, Contestant, ServePrompt, Wave, WaveResult } from './wave.js';

/** The service as a contestant. */
export function overSockets(url: string, database: pg.Client): Contestant {
  return {
    name: 'retune',
    serve: (wave) => serve(url, database, wave),
    close: () => Promise.resolve(),
  };
}

async function serve(url: string, database: pg.Client, wave: Wave): Promise<WaveResult> {
  const chats: { prompt: ServePrompt; client: ChatClient }[][] = [];
  for (const prompts of wave) {
    const chat = [];
    for (const prompt of prompts) chat.push({ prompt, client: await openDialogue(url, database, prompt) });
    chats.push(chat);
  }
  try {
    const begunMs = performance.now();
    const answers = await Promise.all(
      chats.map(async (chat) => {
        const timings: AnswerTiming[] = [];
        for (const { client, prompt } of chat) timings.push(await timedAnswer(client, prompt));
        return timings;
      }),
    );
    return { seconds: (performance.now() - begunMs) / 1000, answers: answers.flat() };
  } finally {
    for (const { client } of chats.flat()) client.close();
  }
}

/** A client in a conversation in which the dialogue's earlier exchanges were said. */
export async function openDialogue(url: string, database: pg.Client, { earlier }: ServePrompt): Promise<ChatClient> {
  const client = await openChat(url);
  const { conversationId } = client.session;
  let seq = 0;
  for (const { question, answer } of earlier) {
    const replyToId = await message(database, { conversationId, seq: ++seq, role: 'customer', text: question });
    await message(database, { conversationId, seq: ++seq, role: 'assistant', text: answer, replyToId });
  }
  await database.query('UPDATE conversations SET last_seq = $1 WHERE id = $2', [seq, conversationId]);
  return client;
}

/**
 * Asks, and times the answer. With `onlyFirst` it is stopped after its first piece.
 * @throws Error when it is refused, fails, or was written from another prompt than the peers'
 */
export async function timedAnswer(
  { socket, send }: ChatClient,
  { question, tokens }: ServePrompt,
  { onlyFirst = false } = {},
): Promise<AnswerTiming> {
  const askedMs = performance.now();
  let firstTokenMs = NaN;
  const done = new Promise<Done>((resolve, reject) => {
    socket.once('message:delta', ({ messageId }: Delta) => {
      firstTokenMs = performance.now() - askedMs;
      if (onlyFirst) socket.emit('message:stop', { messageId });
    });
    socket.on('message:done', (each: Done) => each.role === 'assistant' && resolve(each));
    socket.once('message:error', ({ error }: { error: Refusal }) => reject(new Error(error.message)));
    send(question).then((ack) => ack.ok || reject(new Error(ack.error.message)), reject);
  });
  const answer = await done;
  const totalMs = performance.now() - askedMs;
  const { promptTokens = 0, completionTokens = 0 } = answer.usage ?? {};
  if (promptTokens !== tokens.length) {
    throw new Error(`The service read ${promptTokens} tokens, its peers are given ${tokens.length}.`);
  }
  // An answer that ends before it began has no first token.
  return { firstTokenMs: Number.isNaN(firstTokenMs) ? totalMs : firstTokenMs, totalMs, tokens: completionTokens };
}
