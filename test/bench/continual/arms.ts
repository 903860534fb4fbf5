// The arms: ways to learn a stream, all from the same feedback.
import { splitOf } from '../../../src/feedback/example-draft.js';
import { mcnemarBetter } from '../../../src/learning/gate/statistics/mcnemar.js';
import { MIN_TARGET_ITEMS, SIGNIFICANCE } from '../../../src/learning/gate/thresholds.js';
import type { LoraAdapter } from '../../../src/lora/model/lora.js';
import type { Regulariser } from '../../../src/lora/train/settings.js';
import type { SnapshotItem } from '../../../src/learning/snapshot/snapshot.js';
import { ewcPenalty, joinAdapters, oLoraRun } from './comparators.js';
import { shuffleAnswers, type Taught } from './feedback.js';
import { corrections, everything, newOnly, withReplay } from './items.js';
import type { Learner } from './learner.js';
import type { Memory } from './memory.js';
import type { ArmResult, Cost, Right } from './results.js';
import type { Task } from './stream.js';

export interface ArmContext {
  learner: Learner;
  stream: readonly Task[];
  taught: readonly Taught[];
  memory: Memory;
  seed: number;
  /** Comparators are asked only about tasks they have learnt: R's upper triangle, which no metric reads, costs a minute. */
  learntOnly: boolean;
}

export const ARMS = {
  base,
  replay: (context: ArmContext) => inSequence(context, { itemsOf: withReplay, withMemory: true }),
  joint,
  sequential: (context: ArmContext) => inSequence(context, { itemsOf: newOnly, comparator: true }),
  shuffled,
  ewc: (context: ArmContext) => inSequence(context, { itemsOf: newOnly, regulariserOf: ewcPenalty, comparator: true }),
  oLora,
} satisfies Record<string, (context: ArmContext) => Promise<ArmResult>>;

export type ArmName = keyof typeof ARMS;
export const ARM_NAMES = Object.keys(ARMS) as ArmName[];

const FREE: Cost = { steps: 0, tokens: 0, seconds: 0 };

/** The base model never changes, its memory does. */
async function base({ learner, stream, taught, memory }: ArmContext): Promise<ArmResult> {
  const row = await askAll(learner, stream, undefined);
  const rightWithMemory: Right = [];
  for (const task of stream.keys()) {
    const answers = await memory.answers(undefined, corrections(taught, task), heldOut(stream), row.flat());
    rightWithMemory.push(byTask(stream, answers));
  }
  return { right: stream.map(() => row), rightWithMemory, general: await learner.general(undefined), cost: FREE };
}

interface Way {
  itemsOf: (context: ArmContext, task: number) => SnapshotItem[];
  regulariserOf?: (context: ArmContext, task: number) => Regulariser | undefined;
  withMemory?: boolean;
  comparator?: boolean;
}

/** One task after the other; every run goes on from the adapter of the one before, as a champion's candidate does. */
async function inSequence(context: ArmContext, way: Way): Promise<ArmResult> {
  const { itemsOf, regulariserOf, withMemory, comparator = false } = way;
  const { learner, stream, seed } = context;
  const adapter = learner.fresh(seed);
  const [right, rightWithMemory]: [Right, Right] = [[], []];
  let cost = FREE;
  for (const task of stream.keys()) {
    const regulariser = regulariserOf?.(context, task);
    const run = { adapter, items: itemsOf(context, task), seed: seed + task, regulariser };
    cost = plus(cost, await learner.learn(run));
    const row = await askAll(learner, comparator ? asked(context, task) : stream, adapter);
    right.push(row);
    if (withMemory) rightWithMemory.push(await askWithMemory(context, adapter, task, row));
  }
  return { right, ...(withMemory && { rightWithMemory }), general: await learner.general(adapter), cost };
}

/** One run on everything: what no order of tasks could do better. */
async function atOnce({ learner, stream, taught, seed }: ArmContext, epochs?: number): Promise<ArmResult> {
  const adapter = learner.fresh(seed);
  const cost = await learner.learn({ adapter, items: everything(taught, seed), seed, epochs });
  return { right: [await askAll(learner, stream, adapter)], general: await learner.general(adapter), cost };
}

/**
 * Answers exchanged among questions, learnt at once, before the gate's first question: is it better on what was held out? In the service
 * such a version never answers anybody; what it would have answered is kept beside.
 */
async function shuffled(context: ArmContext): Promise<ArmResult> {
  const { learner, stream, seed } = context;
  const exchanged = shuffleAnswers(context.taught, seed);
  const taught = exchanged.map((example) => ({ ...example, split: splitOf(nthOfSlice(exchanged, example)) }));
  const adapter = learner.fresh(seed);
  const cost = await learner.learn({ adapter, items: everything(taught, seed), seed });
  const judged = taught.filter(({ split }) => split === 'heldout');
  const asks = judged.map(({ question, completion }) => ({ question: { ...question, fact: completion } }));
  const [before, after] = [await learner.answers(undefined, asks), await learner.answers(adapter, asks)];
  const wins = after.filter((isRight, i) => isRight && !before[i]).length;
  const losses = before.filter((wasRight, i) => wasRight && !after[i]).length;
  const passes = asks.length >= MIN_TARGET_ITEMS && mcnemarBetter({ wins, losses }) <= SIGNIFICANCE;
  const [base, candidate] = [await askAll(learner, stream, undefined), await askAll(learner, stream, adapter)];
  return { right: [passes ? candidate : base], ungated: [candidate], general: await learner.general(adapter), cost };
}

/** From 1. */
const nthOfSlice = (taught: readonly Taught[], { id, slice }: Taught): number =>
  taught.filter((other) => other.slice === slice).findIndex((other) => other.id === id) + 1;

/** Joint training may take as many steps as the replay arm takes in all its runs: the upper bound shall not lack time. */
function joint(context: ArmContext): Promise<ArmResult> {
  const { learner, stream, taught, seed } = context;
  const shown = stream.map((_, task) => {
    const { length } = withReplay(context, task);
    return length * learner.epochsFor(length);
  });
  const all = everything(taught, seed).length;
  return atOnce(context, Math.round(shown.reduce((a, b) => a + b) / all));
}

async function oLora(context: ArmContext): Promise<ArmResult> {
  const { learner, stream } = context;
  const adapters: LoraAdapter[] = [];
  const right: Right = [];
  let cost = FREE;
  for (const task of stream.keys()) {
    const run = await oLoraRun(context, adapters, task);
    cost = plus(cost, run.cost);
    adapters.push(run.adapter);
    right.push(await askAll(learner, asked(context, task), joinAdapters(learner.base.config, adapters)));
  }
  return { right, general: await learner.general(joinAdapters(learner.base.config, adapters)), cost };
}

/** An entry retires when the version in service answers its question without help. */
async function askWithMemory(
  { learner, memory, stream, taught }: ArmContext,
  adapter: LoraAdapter,
  task: number,
  alone: readonly boolean[][],
): Promise<boolean[][]> {
  const entries = corrections(taught, task);
  const known = await learner.answers(adapter, entries);
  const kept = entries.filter((_, i) => !known[i]);
  return byTask(stream, await memory.answers(adapter, kept, heldOut(stream), alone.flat()));
}

async function askAll(learner: Learner, stream: readonly Task[], adapter: LoraAdapter | undefined) {
  const asks = heldOut(stream).map((question) => ({ question }));
  return byTask(stream, await learner.answers(adapter, asks));
}

/** Tasks that a comparator is asked about after this one. */
const asked = ({ stream, learntOnly }: ArmContext, task: number) => (learntOnly ? stream.slice(0, task + 1) : stream);

const heldOut = (stream: readonly Task[]) => stream.flatMap((task) => task.heldOut);

function byTask(stream: readonly Task[], answers: readonly boolean[]): boolean[][] {
  let at = 0;
  return stream.map((task) => answers.slice(at, (at += task.heldOut.length)));
}

const plus = (a: Cost, b: Cost): Cost => ({
  steps: a.steps + b.steps,
  tokens: a.tokens + b.tokens,
  seconds: a.seconds + b.seconds,
});
