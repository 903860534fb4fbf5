// How far a run is: a bar on a terminal, now and then a line in a log.
import cliProgress from 'cli-progress';
import type { StepReport } from '../lora/train/settings.js';

const LINE_EVERY_MS = 10_000;

export interface Progress {
  step(report: StepReport): void;
  stop(): void;
}

export function startProgress(output: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Progress {
  return output.isTTY ? bar(output) : lines((line) => output.write(`${line}\n`), now);
}

function bar(stream: NodeJS.WriteStream): Progress {
  const format = '[{bar}] {percentage} % | step {value}/{total} | {words}';
  const shown = new cliProgress.SingleBar({ format, hideCursor: true, stream }, cliProgress.Presets.shades_classic);
  let started = false;
  return {
    step(report) {
      if (!started) shown.start(report.steps, 0, { words: '' });
      started = true;
      shown.update(report.step, { words: words(report) });
    },
    stop: () => started && shown.stop(),
  };
}

/** The first step, the last one, every evaluation, and one line every ten seconds. */
export function lines(write: (line: string) => void, now: () => number): Progress {
  let writtenMs = -Infinity;
  return {
    step(report) {
      const isDue = now() - writtenMs >= LINE_EVERY_MS || report.step === report.steps;
      if (!isDue && report.heldOutLoss === undefined) return;
      writtenMs = now();
      write(`step ${report.step}/${report.steps} | ${words(report)}`);
    },
    stop: () => undefined,
  };
}

function words({ loss, heldOutLoss, tokensPerSecond, secondsLeft }: StepReport): string {
  const held = heldOutLoss === undefined ? '' : `, held out ${heldOutLoss.toFixed(3)}`;
  return `loss ${loss.toFixed(3)}${held} | ${tokensPerSecond.toFixed(0)} tokens/s | ${duration(secondsLeft)} left`;
}

/** 95 → 1 min 35 s. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
