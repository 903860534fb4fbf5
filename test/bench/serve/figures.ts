// What waves come to: speeds, first tokens, ratios of contestants, and the bars that they must clear.
import { median, percentile, rounded, sum } from '../statistics.js';
import type { ContestantName, WaveResult } from './wave.js';

/** One wave of one contestant in one round. */
export interface Measurement {
  round: number;
  contestant: ContestantName;
  chats: number;
  result: WaveResult;
}

export interface Figures {
  /** Tokens a second of all chats together, reading the prompts included; median of the rounds. */
  tokensPerSecond: number;
  /** Tokens a second that one chat sees after its first; median of the answers. */
  chatTokensPerSecond: number;
  ttftP50Ms: number;
  ttftP99Ms: number;
}

/** Tokens a second of all chats of a wave. */
export const throughput = ({ seconds, answers }: WaveResult): number =>
  sum(answers.map(({ tokens }) => tokens)) / seconds;

/** What several waves with the same number of chats come to; first tokens count all together. */
export function figuresOf(waves: readonly WaveResult[]): Figures {
  const answers = waves.flatMap((wave) => wave.answers);
  const firstTokens = answers.map(({ firstTokenMs }) => firstTokenMs);
  const written = answers.filter(({ tokens, totalMs, firstTokenMs }) => tokens > 1 && totalMs > firstTokenMs);
  return {
    tokensPerSecond: median(waves.map(throughput)),
    chatTokensPerSecond: median(
      written.map(({ tokens, totalMs, firstTokenMs }) => (1000 * (tokens - 1)) / (totalMs - firstTokenMs)),
    ),
    ttftP50Ms: percentile(firstTokens, 0.5),
    ttftP99Ms: percentile(firstTokens, 0.99),
  };
}

/** Waves of one contestant with so many chats. */
export const wavesOf = (all: readonly Measurement[], contestant: ContestantName, chats: number): WaveResult[] =>
  all.filter((each) => each.contestant === contestant && each.chats === chats).map(({ result }) => result);

/**
 * Median over the rounds of our speed over a peer's in the same round, so that a slower minute of the machine meets both.
 * NaN where they never ran in one round.
 */
export function speedRatio(
  all: readonly Measurement[],
  peer: ContestantName,
  chats: number,
  speed: (result: WaveResult) => number = throughput,
): number {
  const of = (contestant: ContestantName, round: number) =>
    all.find((each) => each.contestant === contestant && each.chats === chats && each.round === round)?.result;
  const rounds = [...new Set(all.map(({ round }) => round))];
  const ratios = rounds.flatMap((round) => {
    const [ours, theirs] = [of('retune', round), of(peer, round)];
    return ours && theirs ? [speed(ours) / speed(theirs)] : [];
  });
  return median(ratios);
}

/** While training over idle, for one number of chats. */
export interface TrainingEffect {
  chats: number;
  /** Of the decode speed that a chat sees. */
  speed: number;
  /** Of the p99 of the first token. */
  ttftP99: number;
}

export function trainingEffect(chats: number, idle: readonly WaveResult[], during: readonly WaveResult[]) {
  const [without, beside] = [figuresOf(idle), figuresOf(during)];
  return {
    chats,
    speed: beside.chatTokensPerSecond / without.chatTokensPerSecond,
    ttftP99: beside.ttftP99Ms / without.ttftP99Ms,
  };
}

/** The last line; null: not measured. */
export interface ServeResult {
  oneChatRatio: number | null;
  eightChatsRatioVllm: number | null;
  gatewayAddsMs: number | null;
  duringTrainingRatio: number | null;
  duringTrainingTtftRatio: number | null;
}

const BARS: { name: keyof ServeResult; holds: (value: number) => boolean; words: string }[] = [
  { name: 'oneChatRatio', holds: (value) => value >= 0.95, words: 'at least 0.95' },
  { name: 'eightChatsRatioVllm', holds: (value) => value >= 1.8, words: 'at least 1.8' },
  { name: 'gatewayAddsMs', holds: (value) => value <= 10, words: 'at most 10' },
  { name: 'duringTrainingRatio', holds: (value) => value >= 0.8, words: 'at least 0.8' },
  { name: 'duringTrainingTtftRatio', holds: (value) => value <= 1.5, words: 'at most 1.5' },
];

/** A sentence for each bar that was measured and missed. */
export function missedBars(result: ServeResult): string[] {
  return BARS.flatMap(({ name, holds, words }) => {
    const value = result[name];
    return value === null || holds(value) ? [] : [`${name} is ${value}, and should be ${words}.`];
  });
}

/** The worst of the numbers of chats counts. */
export function worstEffect(effects: readonly TrainingEffect[]) {
  return {
    duringTrainingRatio: rounded(Math.min(...effects.map(({ speed }) => speed)), 2),
    duringTrainingTtftRatio: rounded(Math.max(...effects.map(({ ttftP99 }) => ttftP99)), 2),
  };
}
