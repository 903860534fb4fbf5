// What a person sees while something large is fetched: a bar on a terminal, a line every ten percent in a log.
import cliProgress from 'cli-progress';

const LINE_STEP_PERCENT = 10;
const BYTES_PER_MB = 1_000_000;

/** Shows how far a download is; counts are bytes. `stop` may be called more than once. */
export interface Progress {
  update(bytes: number): void;
  stop(): void;
}

export interface ProgressOutput {
  isTerminal: boolean;
  writeLine: (line: string) => void;
}

/** Lines go to stderr: stdout belongs to whoever asked for set-up. */
export const terminalOutput: ProgressOutput = {
  isTerminal: process.stderr.isTTY,
  writeLine: (line) => void process.stderr.write(`${line}\n`),
};

/** @param totalBytes what will have arrived at the end */
export function startProgress(name: string, totalBytes: number, output: ProgressOutput = terminalOutput): Progress {
  return output.isTerminal ? startBar(name, totalBytes) : startLines(name, totalBytes, output.writeLine);
}

function startBar(name: string, totalBytes: number): Progress {
  const format = `${name} [{bar}] {percentage} % | {value}/{total} MB | {eta_formatted} left`;
  const bar = new cliProgress.SingleBar({ format, hideCursor: true }, cliProgress.Presets.shades_classic);
  bar.start(megabytes(totalBytes), 0);
  return { update: (bytes) => bar.update(megabytes(Math.min(bytes, totalBytes))), stop: () => bar.stop() };
}

function startLines(name: string, totalBytes: number, writeLine: (line: string) => void): Progress {
  let shownPercent = 0;
  return {
    update(bytes) {
      const percent = Math.min(100, Math.floor((100 * bytes) / totalBytes));
      if (percent < shownPercent + LINE_STEP_PERCENT) return;
      shownPercent = percent - (percent % LINE_STEP_PERCENT);
      writeLine(`${name}: ${shownPercent} % of ${megabytes(totalBytes)} MB`);
    },
    stop: () => undefined,
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / BYTES_PER_MB);
}
