// The bench on paper: R of every arm, a table over the arms, and the last line's numbers.
import type { ArmName } from './arms.js';
import type { ContinualResult } from './bars.js';
import { averageAccuracy, backwardTransfer, forgetting, meanInterval, type Matrix } from './metrics.js';
import { matrixOf, type ArmResult } from './results.js';

/** The arms of one seed: the base and all that were wanted. */
export type SeedResults = Partial<Record<ArmName, ArmResult>> & { base: ArmResult };

/** A line of the table: an arm, or what the memory makes of it. */
interface Line {
  name: string;
  /** One of each seed. */
  matrices: Matrix[];
  results: ArmResult[];
}

const NAMES: readonly { name: string; arm: ArmName; part?: 'rightWithMemory' | 'ungated' }[] = [
  { name: 'base', arm: 'base' },
  { name: 'memory only', arm: 'base', part: 'rightWithMemory' },
  { name: 'sequential', arm: 'sequential' },
  { name: 'EWC', arm: 'ewc' },
  { name: 'O-LoRA', arm: 'oLora' },
  { name: 'replay', arm: 'replay' },
  { name: 'replay + memory', arm: 'replay', part: 'rightWithMemory' },
  { name: 'joint', arm: 'joint' },
  { name: 'shuffled', arm: 'shuffled' },
  { name: 'shuffled, not judged', arm: 'shuffled', part: 'ungated' },
];

const linesOf = (seeds: readonly SeedResults[]): Line[] =>
  NAMES.flatMap(({ name, arm, part }) => {
    const results = seeds.flatMap((seed) => seed[arm] ?? []);
    if (results.length < seeds.length) return [];
    const matrices = results.map((result) => matrixOf(result[part ?? 'right'] ?? []));
    return [{ name, matrices, results }];
  });

/** R of an arm: a row after each task, a column for each task's held-out questions; rows end early where later tasks weren't asked. */
export function matrixText(name: string, r: Matrix): string {
  const rows = r.map((row, i) => {
    const after = r.length === 1 ? 'after all' : `after ${i + 1}`;
    return `  ${after.padEnd(9)} ${row.map((value) => value.toFixed(3)).join('  ')}`;
  });
  return [`R, ${name}:`, ...rows].join('\n');
}

/** R of every arm and a line of numbers each, for all seeds. */
export function report(seeds: readonly SeedResults[]): string {
  const lines = linesOf(seeds);
  const matrices = lines.flatMap(({ name, matrices: own }) =>
    own.map((r, i) => matrixText(seeds.length > 1 ? `${name}, seed ${i + 1} of ${seeds.length}` : name, r)),
  );
  const head = ['arm', 'AA %', 'BWT', 'forgetting', 'KL', 'general NLL', 'steps', 'tokens', 'seconds'];
  const table = [head, ...lines.map((line) => cells(line, seeds))];
  const widths = head.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const text = table.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...matrices, '', ...text].join('\n');
}

function cells({ name, matrices, results }: Line, seeds: readonly SeedResults[]): string[] {
  const isSequence = (matrices[0]?.length ?? 0) > 1;
  const of = (measure: (r: Matrix) => number) => percent(matrices.map(measure));
  const increase = results.map(({ general }, i) => general.nll / (seeds[i] as SeedResults).base.general.nll - 1);
  const mean = (values: number[], digits: number) => meanInterval(values).mean.toFixed(digits);
  return [
    name,
    of(averageAccuracy),
    isSequence ? of(backwardTransfer) : '–',
    isSequence ? of(forgetting) : '–',
    mean(
      results.map(({ general }) => general.kl),
      3,
    ),
    `${mean(
      results.map(({ general }) => general.nll),
      3,
    )} (${percent(increase)} %)`,
    mean(
      results.map(({ cost }) => cost.steps),
      0,
    ),
    mean(
      results.map(({ cost }) => cost.tokens),
      0,
    ),
    mean(
      results.map(({ cost }) => cost.seconds),
      0,
    ),
  ];
}

/** In per cent or points, with half the 95 % interval over the seeds where there are several. */
function percent(values: readonly number[]): string {
  const { mean, half } = meanInterval(values.map((value) => 100 * value));
  return values.length > 1 ? `${mean.toFixed(1)} ± ${half.toFixed(1)}` : mean.toFixed(1);
}

/** The last line. */
export function summary(seeds: readonly SeedResults[], seconds: number): ContinualResult {
  const lines = linesOf(seeds);
  const of = (name: string, measure: (r: Matrix) => number) => {
    const line = lines.find((each) => each.name === name);
    return line ? round(meanInterval(line.matrices.map(measure)).mean) : null;
  };
  const ofReplay = (measure: (replay: ArmResult, base: ArmResult) => number) => {
    const values = seeds.flatMap(({ replay, base }) => (replay ? [measure(replay, base)] : []));
    return values.length > 0 ? round(meanInterval(values).mean) : null;
  };
  return {
    aaBase: of('base', averageAccuracy),
    aaMemory: of('memory only', averageAccuracy),
    aaSequential: of('sequential', averageAccuracy),
    aaReplay: of('replay', averageAccuracy),
    aaReplayMemory: of('replay + memory', averageAccuracy),
    aaJoint: of('joint', averageAccuracy),
    aaShuffled: of('shuffled', averageAccuracy),
    aaShuffledNotJudged: of('shuffled, not judged', averageAccuracy),
    aaOLora: of('O-LoRA', averageAccuracy),
    aaEwc: of('EWC', averageAccuracy),
    bwtReplay: of('replay', backwardTransfer),
    bwtSequential: of('sequential', backwardTransfer),
    bwtOLora: of('O-LoRA', backwardTransfer),
    bwtEwc: of('EWC', backwardTransfer),
    forgettingReplay: of('replay', forgetting),
    klReplay: ofReplay(({ general }) => general.kl),
    generalNllIncrease: ofReplay(({ general }, base) => general.nll / base.general.nll - 1),
    seeds: seeds.length,
    seconds: Math.round(seconds),
  };
}

const round = (value: number) => Number(value.toFixed(4));
