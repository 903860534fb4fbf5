// The product's own learner on the bench's examples: the same items, losses and defaults as a training run of the service.
import { buildTurns, type Instructions } from '../../../src/assistants/prompt.js';
import { openTokenizer } from '../../../src/inference/tokenizer.js';
import { hyperParameters } from '../../../src/learning/runs/hyper-parameters.js';
import { scoredItem, trainingItems, type Tokens } from '../../../src/learning/processes/training-items.js';
import type { SnapshotItem } from '../../../src/learning/snapshot/snapshot.js';
import type { LlamaModel } from '../../../src/lora/model/llama.js';
import { loadLlamaFile } from '../../../src/lora/model/load.js';
import { createAdapter, type LoraAdapter } from '../../../src/lora/model/lora.js';
import { openBackend } from '../../../src/lora/tensor/backend.js';
import type { SftItem } from '../../../src/lora/train/batches.js';
import { scoreCompletions } from '../../../src/lora/train/score.js';
import { TRAIN_DEFAULTS, type Regulariser, type StepReport } from '../../../src/lora/train/settings.js';
import { train } from '../../../src/lora/train/train.js';
import { INSTRUCTIONS } from './feedback.js';
import { generalItems, generalOf } from './general.js';
import type { ArmResult, Cost } from './results.js';
import type { Question } from './stream.js';

export interface LearnerSettings {
  /** Null: by the service's own rule. */
  epochs: number | null;
  learningRate: number | null;
  rank: number;
  alpha: number;
  threads: number;
}

/** A question as it is asked: with other instructions where the memory adds what it knows. */
export interface Ask {
  question: Question;
  instructions?: Instructions;
}

export interface LearnOptions {
  /** The frozen model that the adapter is trained on; the base unless given. */
  model?: LlamaModel;
  /** Trained in place. */
  adapter: LoraAdapter;
  items: readonly SnapshotItem[];
  seed: number;
  /** By `epochsFor` unless given. */
  epochs?: number | undefined;
  regulariser?: Regulariser | undefined;
}

export interface Learner {
  base: LlamaModel;
  /** Passes over so many items. */
  epochsFor(items: number): number;
  fresh(seed: number): LoraAdapter;
  learn(options: LearnOptions): Promise<Cost>;
  /** Whether greedy decoding answers each question with its fact. */
  answers(adapter: LoraAdapter | undefined, asks: readonly Ask[]): Promise<boolean[]>;
  general(adapter: LoraAdapter | undefined): Promise<ArmResult['general']>;
  /** The SFT items among these, for the Fisher information. */
  sftItems(items: readonly SnapshotItem[]): SftItem[];
  close(): Promise<void>;
}

export async function openLearner(
  modelPath: string,
  { rank, alpha, threads, ...hyper }: LearnerSettings,
  onStep: (report: StepReport) => void,
): Promise<Learner> {
  await openBackend({ threads });
  const base = loadLlamaFile(modelPath);
  const tokenizer = await openTokenizer(modelPath);
  const general = generalItems(tokenizer);
  const rule = (items: number) => hyperParameters(hyper, items, base.config);
  const epochsFor = (items: number) => rule(items).epochs;
  return {
    base,
    epochsFor,
    fresh: (seed) => createAdapter(base.config, { rank, alpha, seed }),
    async learn({ model = base, adapter, items, seed, regulariser, ...options }) {
      const ruled = rule(items.length);
      const epochs = options.epochs ?? ruled.epochs;
      const settings = { ...TRAIN_DEFAULTS, epochs, learningRate: ruled.learningRate, seed };
      const run = { model, adapter, items: trainingItems(items, tokenizer), settings, onStep };
      const { steps, tokens, seconds } = await train(regulariser ? { ...run, regulariser } : run);
      return { steps, tokens, seconds };
    },
    async answers(adapter, asks) {
      if (asks.length === 0) return [];
      const scores = await scoreCompletions(
        base,
        adapter,
        asks.map((ask) => wanted(ask, tokenizer)),
      );
      return scores.map(({ greedyMatch }) => greedyMatch);
    },
    general: (adapter) => generalOf(base, adapter, general),
    sftItems: (items) => trainingItems(items, tokenizer).filter((item) => item.kind === 'sft'),
    async close() {
      base.dispose();
      await tokenizer.dispose();
    },
  };
}

/** What greedy decoding would write is the fact exactly if each of its tokens, and the end of the turn, is the first choice. */
function wanted({ question, instructions = INSTRUCTIONS }: Ask, tokens: Tokens): SftItem {
  const { text, fact } = question;
  return scoredItem({ id: text, prompt: buildTurns(instructions, [], text), completion: fact }, tokens);
}
