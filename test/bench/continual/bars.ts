// What the stream must show, as numbers.

/** The last line of the bench. Accuracies, transfer and forgetting as shares (0.01 is a point); means over the seeds. */
export interface ContinualResult {
  aaBase: number;
  aaMemory: number;
  aaSequential: number;
  aaReplay: number;
  aaReplayMemory: number;
  aaJoint: number;
  aaShuffled: number;
  aaOLora: number;
  aaEwc: number;
  bwtReplay: number;
  bwtSequential: number;
  bwtOLora: number;
  bwtEwc: number;
  forgettingReplay: number;
  /** Of the replay arm, in nats a token. */
  klReplay: number;
  /** Of the replay arm's general −log p over the base's: 0.01 is one per cent more. */
  generalNllIncrease: number;
  seeds: number;
  seconds: number;
}

const points = (share: number) => `${(100 * share).toFixed(1)} points`;

const BARS: readonly { holds: (result: ContinualResult) => boolean; missed: (result: ContinualResult) => string }[] = [
  {
    holds: ({ aaReplay, aaJoint }) => aaReplay >= 0.95 * aaJoint,
    missed: ({ aaReplay, aaJoint }) =>
      `AA with replay is ${(aaReplay / aaJoint).toFixed(3)} of joint training's, and should be at least 0.95.`,
  },
  {
    holds: ({ bwtReplay }) => bwtReplay >= -0.02,
    missed: ({ bwtReplay }) => `BWT with replay is ${points(bwtReplay)}, and should be at least −2.`,
  },
  {
    holds: ({ bwtReplay, bwtSequential }) => bwtReplay - bwtSequential >= 0.15,
    missed: ({ bwtReplay, bwtSequential }) =>
      `Replay's BWT is ${points(bwtReplay - bwtSequential)} above the sequential arm's, and should be at least 15.`,
  },
  {
    holds: ({ generalNllIncrease }) => generalNllIncrease <= 0.02,
    missed: ({ generalNllIncrease }) =>
      `The general slice's −log p rose by ${(100 * generalNllIncrease).toFixed(1)} %, and should by at most 2 %.`,
  },
  {
    holds: ({ aaShuffled, aaBase }) => aaShuffled <= aaBase + 0.02,
    missed: ({ aaShuffled, aaBase }) =>
      `Shuffled feedback gained ${points(aaShuffled - aaBase)} over the base, and should gain at most 2.`,
  },
];

/** A sentence for every bar that was missed. */
export const missedBars = (result: ContinualResult): string[] =>
  BARS.filter(({ holds }) => !holds(result)).map(({ missed }) => missed(result));
