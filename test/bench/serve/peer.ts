// A peer of `npm run bench:serve`: test/peers/bench_serve.py in a process of its own, which stays between waves so that it is warm.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import type { Contestant, ContestantName, Wave, WaveResult } from './wave.js';

const SCRIPT = resolve('test', 'peers', 'bench_serve.py');
const ERROR_CHARS_MAX = 4_000;
const ERROR_LINES = 4;

const readySchema = z.object({ ready: z.string() });
const resultSchema = z.object({
  seconds: z.number(),
  answers: z.array(z.object({ firstTokenMs: z.number(), totalMs: z.number(), tokens: z.number().int() })),
});

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts a peer and waits until it is ready.
 * @param settingsPath what bench_serve.py is to read
 * @param shared tokens that all prompts begin with
 * @throws Error with the last lines it printed when it can't take part
 */
export async function startPeer(
  name: Exclude<ContestantName, 'retune'>,
  options: { python: string; settingsPath: string; shared: number },
): Promise<{ contestant: Contestant; runs: string }> {
  const child: Child = spawn(options.python, ['-B', SCRIPT, name, options.settingsPath], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const nextLine = lineReader(child);
  const { ready } = readySchema.parse(JSON.parse(await nextLine()));
  const serve = async (wave: Wave): Promise<WaveResult> => {
    const chats = wave.map((prompts) => prompts.map(({ tokens }) => tokens));
    child.stdin.write(`${JSON.stringify({ shared: options.shared, chats })}\n`);
    return resultSchema.parse(JSON.parse(await nextLine()));
  };
  return { runs: ready, contestant: { name, serve, close: () => end(child) } };
}

/** The child's lines one by one. @throws Error when it ends instead */
function lineReader(child: Child): () => Promise<string> {
  const lines: Interface = createInterface({ input: child.stdout });
  const iterator = lines[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-ERROR_CHARS_MAX)));
  child.stdin.on('error', () => undefined); // It ended; the next line says so.
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  return async () => {
    const { value, done } = (await iterator.next()) as IteratorResult<string, undefined>;
    if (!done) return value;
    throw failure ?? new Error(errors.trim().split('\n').slice(-ERROR_LINES).join('\n') || 'it ended');
  };
}

async function end(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin.end();
  await ended;
}
