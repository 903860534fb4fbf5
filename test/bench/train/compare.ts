// The learner against transformers + PEFT on the same machine, in turns: same weights, dialogues, adapter, optimiser, updates.
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { z } from 'zod';
import { resultOf } from '../../support/child.js';
import { sum } from '../statistics.js';
import type { Work } from './work.js';

const OURS = fileURLToPath(new URL('./ours.js', import.meta.url));
const PEER = resolve('test', 'peers', 'bench_train.py');

const resultSchema = z.object({
  losses: z.array(z.number()),
  seconds: z.array(z.number()),
  peakRssGb: z.number(),
  heldOutLoss: z.number(),
  gflops: z.number().optional(),
});
type Result = z.infer<typeof resultSchema>;

/**
 * The peer three ways: batches as they come, batches of similar lengths, and batches as they come but two dialogues at a time with
 * gradient accumulation, which spares it the memory of all logits at once.
 */
export type Side = 'ours' | 'padded' | 'grouped' | 'accumulated';
export const SIDES: readonly Side[] = ['padded', 'ours', 'grouped', 'accumulated'];

/** The first updates also fetch memory and start threads; on either side they don't count. */
const WARM_UP_UPDATES = 1;

export interface Measured extends Result {
  /** Real tokens, not padding, over the updates after the warm-up. */
  tokensPerSecond: number;
}

/** One run of one side in a process of its own. */
export async function measure(side: Side, python: string, path: string, work: Work): Promise<Measured> {
  const raw = side === 'ours' ? resultOf(process.execPath, [OURS, path]) : resultOf(python, [PEER, path, side]);
  const result = resultSchema.parse(await raw);
  const batches = side === 'grouped' ? work.grouped : work.batches;
  const tokens = batches.slice(WARM_UP_UPDATES).map((batch) => tokensOf(work, batch));
  const seconds = result.seconds.slice(WARM_UP_UPDATES);
  return { ...result, tokensPerSecond: sum(tokens) / sum(seconds) };
}

const tokensOf = ({ items }: Work, batch: readonly number[]) =>
  sum(batch.map((i) => (items[i]?.prompt.length ?? 0) + (items[i]?.completion.length ?? 0)));

/** Largest relative difference of two loss curves, step by step. */
export const curveDistance = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((loss, i) => Math.abs(loss - (b[i] as number)) / (b[i] as number)));

/** What an update is made of, as far as its floating-point operations go. */
export interface UpdateSize {
  blockWeights: number;
  headWeights: number;
  /** Σ (in + out) over the linear layers. */
  loraWidths: number;
  rank: number;
  /** Layers × heads × head width. */
  attentionWidth: number;
  rows: number;
  targets: number;
  /** Pairs of a row and a row that it sees. */
  pairs: number;
}

/**
 * The operations that an update cannot do without: 2 a weight and row forward and 2 back; the head twice a target row (logits, and their
 * mean), 2 each; LoRA's four thin products; and attention's two products forward and four back.
 */
export const usefulFlops = (size: UpdateSize): number =>
  size.rows * (4 * size.blockWeights + 4 * size.rank * size.loraWidths) +
  size.targets * 4 * size.headWeights +
  size.pairs * 12 * size.attentionWidth;
