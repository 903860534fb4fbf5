// Runs the foreign programs that set-up needs (pip, g++, a Node child), with bounded output and a limit on time and on standing still.
import { spawn, type SpawnOptions } from 'node:child_process';

const OUTPUT_CHARS_MAX = 65_536;
const STALL_CHECK_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SIGNAL_EXIT_CODES: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

export interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  account?: { uid: number; gid: number };
  /** Killed after so long. */
  timeoutMs: number;
  /** Killed when `progressOf` gives the same number for so long. */
  stallMs?: number;
  progressOf?: () => Promise<number>;
  onLine?: (line: string) => void;
}

export interface CommandResult {
  /** Exit code; 127 when the program doesn't exist, undefined when it was killed. */
  code: number | undefined;
  /** The last 64 Ki characters of each. */
  stdout: string;
  stderr: string;
  killedFor?: 'timeout' | 'stall';
}

/** Why a program failed, in the words of its first line about an error; at most 300 characters. */
export function failureOf({ stderr, killedFor }: CommandResult): string {
  const line = stderr.split('\n').find((each) => /error|fatal/.test(each));
  return (line ?? killedFor ?? 'no reason given').slice(0, 300);
}

/** Runs a program without a shell. Never throws: a program that can't be started is code 127. */
export function runCommand(program: string, args: string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((done) => {
    const result: CommandResult = { code: undefined, stdout: '', stderr: '' };
    const spawnOptions: SpawnOptions = { cwd: options.cwd, env: options.env ?? process.env, ...options.account };
    // Its own group, so that killing it also ends what it started itself.
    const child = spawn(program, args, { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const kill = (reason: 'timeout' | 'stall') => {
      result.killedFor = reason;
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const stopWatching = watch(options, kill);
    const forgetExit = onExit(() => child.pid !== undefined && killGroup(child.pid));
    const finish = () => {
      stopWatching();
      forgetExit();
      done(result);
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      result.stdout = (result.stdout + text).slice(-OUTPUT_CHARS_MAX);
      if (options.onLine) for (const line of text.split('\n')) if (line !== '') options.onLine(line);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      result.stderr = (result.stderr + text).slice(-OUTPUT_CHARS_MAX);
    });
    child.on('error', (error) => {
      result.code = 127;
      result.stderr += error.message;
      finish();
    });
    child.on('close', (code) => {
      result.code = code ?? undefined;
      finish();
    });
  });
}

function watch(options: CommandOptions, kill: (reason: 'timeout' | 'stall') => void): () => void {
  const timeout = setTimeout(() => kill('timeout'), options.timeoutMs);
  let last = -1;
  let movedAt = Date.now();
  const check = async () => {
    const now = (await options.progressOf?.().catch(() => last)) ?? last;
    if (now !== last) movedAt = Date.now();
    last = now;
    if (options.stallMs !== undefined && Date.now() - movedAt > options.stallMs) kill('stall');
  };
  const timer = options.progressOf ? setInterval(() => void check(), STALL_CHECK_MS) : undefined;
  return () => {
    clearTimeout(timeout);
    clearInterval(timer);
  };
}

/** Calls back when this process ends, also by Ctrl-C, which doesn't reach a program in its own group. @returns how to forget it */
function onExit(callBack: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    callBack();
    // Whoever else listens decides what the signal means; alone, we must end as without a listener.
    if (process.listenerCount(signal) <= 1) process.exit(SIGNAL_EXIT_CODES[signal]);
  };
  process.once('exit', callBack);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    process.removeListener('exit', callBack);
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}
