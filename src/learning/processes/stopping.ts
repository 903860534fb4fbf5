// When training ends before its plan does: the budget is spent, or (micro-runs) the answer is learnt. It then has what it has, and
// goes on to the gate.
import type { StepReport } from '../../lora/train/settings.js';

export const STOPPED = ['finished', 'minutes', 'tokens', 'learnt'] as const;
export type Stopped = (typeof STOPPED)[number];

export interface StopRules {
  maxSeconds: number;
  maxTokens: number;
  /** Seconds of training in earlier lives of the run. */
  secondsBefore: number;
  /** Whether an adapter of these values knows already what it is to learn. */
  isLearnt?: (values: Float32Array) => Promise<boolean>;
  /** Milliseconds; injected for tests. */
  now?: () => number;
}

export interface Stopping {
  stopWhen: (report: StepReport, values: () => Promise<Float32Array>) => Promise<boolean>;
  /** Why it ended; `finished` as long as nothing stopped it. */
  reason(): Stopped;
  /** Seconds of training over all lives of the run. */
  seconds(): number;
  /** Counts tokens that were learnt from besides (a sweep's). */
  spend(tokens: number): void;
  /** Whether this share of the budget is used up, with so many tokens more than were spent. */
  isSpent(share: number, tokens: number): boolean;
}

/** Rules for `train`'s `stopWhen`; time runs from this call. */
export function stopping({ maxSeconds, maxTokens, secondsBefore, isLearnt, now = Date.now }: StopRules): Stopping {
  const startedMs = now();
  const seconds = () => secondsBefore + (now() - startedMs) / 1000;
  let reason: Stopped = 'finished';
  let spent = 0;
  return {
    seconds,
    spend: (tokens) => void (spent += tokens),
    isSpent: (share, tokens) => seconds() >= share * maxSeconds || spent + tokens >= share * maxTokens,
    reason: () => reason,
    async stopWhen({ tokens }, values) {
      if (await isLearnt?.(await values())) reason = 'learnt';
      else if (seconds() >= maxSeconds) reason = 'minutes';
      else if (spent + tokens >= maxTokens) reason = 'tokens';
      return reason !== 'finished';
    },
  };
}
