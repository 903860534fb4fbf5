// Runs one task in a child process at low priority: whatever goes wrong there (crash, out of memory, a kill) becomes an
// error with a sentence here, and never touches a chat.
import { fork, spawnSync, type ChildProcess, type ForkOptions } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { LearningError } from '../learning-error.js';
import { lastWords } from './last-words.js';

/** After the message `cancel`, a child has this long until SIGTERM, and as long again until SIGKILL. Milliseconds. */
const CANCEL_GRACE_MS = 10_000;

/** Variables that a child gets; it has no business with tokens or the database. */
const PASSED_ON =
  /^(PATH|HOME|USER|LANG|LC_.*|TMPDIR|TZ|LD_LIBRARY_PATH|LIBRARY_PATH|CUDA_.*|NVIDIA_.*|TF_.*|OMP_.*|GGML_.*|XDG_.*|RETUNE_CACHE|NODE_EXTRA_CA_CERTS|SystemRoot)$/;

/** What every child may say besides its own messages: it is done, or it failed in a way it understands. */
export const failedSchema = z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() });

export interface ChildTask<Message extends { kind: string }> {
  /** How people call it, at the start of a sentence: "The learner". */
  name: string;
  /** The compiled module that the child runs. */
  module: URL;
  /** First message to the child. */
  start: object;
  messages: z.ZodType<Message>;
  onMessage?: (message: Message) => void;
  /** Where its output goes. */
  logPath: string;
  signal: AbortSignal;
  /** How far it gives way on the CPU; default 19, the most. */
  niceness?: number;
  cancelGraceMs?: number;
  /** Told the process id once it runs. */
  onStart?: (pid: number) => void;
}

/**
 * Starts the child and resolves with its `done` message.
 * @throws LearningError `learning.learner_failed` (it says why), `learning.learner_died` (it could not),
 *   `learning.cancelled` (by `signal`)
 */
export async function runChild<Message extends { kind: string }>(
  task: ChildTask<Message>,
): Promise<Extract<Message, { kind: 'done' }>> {
  if (task.signal.aborted) throw cancelled(task.name);
  const child = startChild(task);
  const stopCancelling = cancelOnAbort(child, task.signal, task.cancelGraceMs ?? CANCEL_GRACE_MS);
  try {
    const outcome = await untilExit(child, task);
    if (task.signal.aborted) throw cancelled(task.name);
    if (outcome.last) return finalOf<Message>(task.name, outcome.last);
    const words = lastWords(task.logPath);
    const because = `${task.name} ended without a result: ${deathOf(outcome)}.${words && ` Its last words: ${words}`}`;
    throw new LearningError('learning.learner_died', because, 'unavailable');
  } finally {
    stopCancelling();
  }
}

function startChild<Message extends { kind: string }>(task: ChildTask<Message>) {
  const { module, start, logPath, onStart, niceness = constants.priority.PRIORITY_LOW } = task;
  mkdirSync(dirname(logPath), { recursive: true });
  const log = openSync(logPath, 'a');
  try {
    const child = fork(fileURLToPath(module), [String(niceness)], {
      // 'advanced' keeps NaN and Infinity, which a diverging loss can be.
      serialization: 'advanced',
      ...launcherFor(niceness),
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name))),
      stdio: ['ignore', log, log, 'ipc'],
    });
    if (child.pid !== undefined) {
      yieldToChats(child.pid, niceness);
      onStart?.(child.pid);
    }
    child.send(start, () => undefined);
    return child;
  } finally {
    closeSync(log);
  }
}

/**
 * How node is started. Who gives way most runs under Linux's idle policy, where `chrt` is: with a niceness alone newer kernels let a process end its
 * time slice of some milliseconds before somebody who wakes up, and a chat's threads wake up at each token.
 */
function launcherFor(niceness: number): Pick<ForkOptions, 'execPath' | 'execArgv'> {
  if (niceness < constants.priority.PRIORITY_LOW || !mayIdle()) return { execArgv: [] };
  return { execPath: 'chrt', execArgv: [...AS_IDLE, process.execPath] };
}

const AS_IDLE = ['--idle', '0'];
let idles: boolean | undefined;

/** Whether processes may be started so: there is a `chrt`, and nothing forbids it. */
function mayIdle(): boolean {
  return (idles ??= process.platform === 'linux' && spawnSync('chrt', [...AS_IDLE, 'true']).status === 0);
}

function yieldToChats(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended already; its exit is reported elsewhere.
  }
}

interface Outcome {
  last: { kind: string } | undefined;
  code: number | null;
  signal: NodeJS.Signals | null;
  spawnError?: Error;
}

function untilExit<Message extends { kind: string }>(child: ChildProcess, task: ChildTask<Message>): Promise<Outcome> {
  return new Promise((resolve) => {
    let last: Outcome['last'];
    child.on('message', (raw) => {
      const parsed = task.messages.safeParse(raw);
      if (!parsed.success) last ??= unreadable(parsed.error);
      else if (parsed.data.kind === 'done' || parsed.data.kind === 'failed') last ??= parsed.data;
      else task.onMessage?.(parsed.data);
    });
    child.once('error', (spawnError) => resolve({ last, code: null, signal: null, spawnError }));
    // 'close' rather than 'exit': only then every message has been delivered.
    child.once('close', (code, signal) => resolve({ last, code, signal }));
  });
}

const unreadable = (error: z.ZodError) => ({
  kind: 'failed',
  code: 'learning.bad_message',
  message: `it sent a message that can't be read (${error.issues[0]?.message ?? 'no reason'})`,
});

function finalOf<Message extends { kind: string }>(name: string, last: { kind: string }) {
  const failed = failedSchema.safeParse(last);
  if (!failed.success) return last as Extract<Message, { kind: 'done' }>;
  const sentence = `${name} failed: ${failed.data.message}`;
  throw new LearningError('learning.learner_failed', sentence, 'unavailable', { cause: failed.data });
}

function deathOf({ code, signal, spawnError }: Outcome): string {
  if (spawnError) return `it could not be started (${spawnError.message})`;
  if (signal === 'SIGKILL') return 'it was killed (SIGKILL), by somebody or because the system ran out of memory';
  if (signal) return `it was ended by ${signal}`;
  return `it ended with exit code ${code}`;
}

const cancelled = (name: string) => new LearningError('learning.cancelled', `${name} was stopped.`, 'conflict');

/** Message, then SIGTERM, then SIGKILL. Returns what takes the timers back. */
function cancelOnAbort(child: ChildProcess, signal: AbortSignal, graceMs: number): () => void {
  const timers: NodeJS.Timeout[] = [];
  const cancel = () => {
    if (child.connected) child.send({ kind: 'cancel' }, () => undefined);
    timers.push(setTimeout(() => child.kill('SIGTERM'), graceMs));
    timers.push(setTimeout(() => child.kill('SIGKILL'), 2 * graceMs));
  };
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  return () => {
    signal.removeEventListener('abort', cancel);
    timers.forEach(clearTimeout);
  };
}
