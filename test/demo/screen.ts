// Progress on the screen: a line that rewrites itself on a terminal, a line now and then in a log.
import type { TrainingRunView } from '../../src/learning/learning.schema.js';

const LOG_EVERY_MS = 10_000;
const BAR_WIDTH = 24;

let rewriting = false;
let loggedMs = 0;

/** A line that stays. */
export function say(line: string): void {
  if (rewriting) process.stdout.write('\n');
  rewriting = false;
  console.log(line);
}

/** A line that the next one replaces. */
export function show(line: string): void {
  if (process.stdout.isTTY) {
    process.stdout.write(`\r\u001b[2K${line}`);
    rewriting = true;
  } else if (Date.now() - loggedMs > LOG_EVERY_MS) {
    loggedMs = Date.now();
    console.log(line);
  }
}

/** "asking [####----] 12/60" */
export function showBar(what: string, done: number, of: number, rest = ''): void {
  const filled = Math.round((BAR_WIDTH * done) / Math.max(1, of));
  show(`  ${what} [${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${done}/${of}${rest}`);
}

/** Where a training run is. */
export function showRun({ status, progress }: TrainingRunView): void {
  if (status !== 'training' || !progress) return show(`  ${status} …`);
  const { step, steps, loss, tokensPerSecond, secondsLeft } = progress;
  const rest = [
    loss !== null && `loss ${loss.toFixed(3)}`,
    tokensPerSecond !== null && `${Math.round(tokensPerSecond)} tokens/s`,
    secondsLeft !== null && `${Math.round(secondsLeft)} s left`,
  ].filter(Boolean);
  showBar('training', step, steps, `  ${rest.join(', ')}`);
}

export const percent = (share: number): string => `${Math.round(100 * share)} %`;
