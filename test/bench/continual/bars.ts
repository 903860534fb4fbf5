// What the stream must show, as numbers.

/**
 * The last line of the bench. Accuracies, transfer and forgetting as shares (0.01 is a point); means over the seeds. Null for an arm
 * that was left out (`--arms`).
 */
export interface ContinualResult {
  aaBase: number | null;
  aaMemory: number | null;
  aaSequential: number | null;
  aaReplay: number | null;
  aaReplayMemory: number | null;
  aaJoint: number | null;
  /** Behind the gate, as everything in the service is; and what the candidate would have answered without it. */
  aaShuffled: number | null;
  aaShuffledNotJudged: number | null;
  aaOLora: number | null;
  aaEwc: number | null;
  bwtReplay: number | null;
  bwtSequential: number | null;
  bwtOLora: number | null;
  bwtEwc: number | null;
  forgettingReplay: number | null;
  /** Of the replay arm, in nats a token. */
  klReplay: number | null;
  /** Of the replay arm's general −log p over the base's: 0.01 is one per cent more. */
  generalNllIncrease: number | null;
  seeds: number;
  seconds: number;
}

/** Each says what is missed, or nothing; a bar on an arm that was left out is neither held nor missed. */
type Bar = (result: ContinualResult) => string | undefined;

const points = (share: number) => `${(100 * share).toFixed(1)} points`;

const BARS: readonly Bar[] = [
  ({ aaReplay, aaJoint }) => {
    if (aaReplay === null || aaJoint === null || aaReplay >= 0.95 * aaJoint) return undefined;
    return `AA with replay is ${(aaReplay / aaJoint).toFixed(3)} of joint training's, and should be at least 0.95.`;
  },
  ({ bwtReplay }) => {
    if (bwtReplay === null || bwtReplay >= -0.02) return undefined;
    return `BWT with replay is ${points(bwtReplay)}, and should be at least −2.`;
  },
  ({ bwtReplay, bwtSequential }) => {
    if (bwtReplay === null || bwtSequential === null || bwtReplay - bwtSequential >= 0.15) return undefined;
    return `Replay's BWT is ${points(bwtReplay - bwtSequential)} above the sequential arm's, and should be at least 15.`;
  },
  ({ generalNllIncrease }) => {
    if (generalNllIncrease === null || generalNllIncrease <= 0.02) return undefined;
    return `The general slice's −log p rose by ${(100 * generalNllIncrease).toFixed(1)} %, and should by at most 2 %.`;
  },
  ({ aaShuffled, aaBase }) => {
    if (aaShuffled === null || aaBase === null || aaShuffled <= aaBase + 0.02) return undefined;
    return `Shuffled feedback gained ${points(aaShuffled - aaBase)} over the base, and should gain at most 2.`;
  },
];

/** A sentence for every bar that was missed. */
export const missedBars = (result: ContinualResult): string[] => BARS.flatMap((bar) => bar(result) ?? []);
