// Makes adapters the way a training run does (src/lora, the snapshot's lines, the champion as start), and measures them.
import { join } from 'node:path';
import { openTokenizer, type Tokenizer } from '../../../src/inference/tokenizer.js';
import { GATE_TASKS } from '../../../src/learning/general/general-tasks.js';
import { buildTurns } from '../../../src/assistants/prompt.js';
import type { GeneralScores } from '../../../src/learning/gate/report.js';
import { meanNll, measureGeneral } from '../../../src/learning/processes/measure.js';
import { scoredItem, taughtCompletions, trainingItems } from '../../../src/learning/processes/training-items.js';
import type { SnapshotItem } from '../../../src/learning/snapshot/snapshot.js';
import { writeGgufAdapter } from '../../../src/lora/formats/gguf-adapter.js';
import type { LlamaModel } from '../../../src/lora/model/llama.js';
import { loadLlamaFile } from '../../../src/lora/model/load.js';
import { createAdapter, type LoraAdapter } from '../../../src/lora/model/lora.js';
import { openBackend } from '../../../src/lora/tensor/backend.js';
import type { Completion } from '../../../src/lora/train/batches.js';
import { TRAIN_DEFAULTS } from '../../../src/lora/train/settings.js';
import { train } from '../../../src/lora/train/train.js';
import type { BaseModel } from './ask.js';
import { INSTRUCTIONS } from './world.js';

/** Candidates learn in the upper half of the model only: they go on from a champion that knows the assistant already. */
const CANDIDATE_LAYERS = 15;
/** General answers that are measured, and how much of each. */
const GENERAL_ITEMS = 12;
const GENERAL_TOKENS_MAX = 24;

export interface Lesson {
  items: readonly SnapshotItem[];
  /** undefined: a new adapter. */
  start?: LoraAdapter | undefined;
  rank?: number;
  learningRate?: number;
  epochs?: number;
  seed?: number;
}

export interface Made {
  adapter: LoraAdapter;
  items: readonly SnapshotItem[];
  firstLoss: number;
  lastLoss: number;
}

export class Workshop {
  private constructor(
    readonly model: LlamaModel,
    private readonly tokens: Tokenizer,
    private readonly general: readonly Completion[],
    private readonly base: { modelSha256: string; folder: string },
  ) {}

  static async open(assets: BaseModel, folder: string, threads: number): Promise<Workshop> {
    const tokens = await openTokenizer(assets.modelPath);
    const general = GATE_TASKS.slice(0, GENERAL_ITEMS).map(({ id, instruction, output }) => {
      const item = scoredItem({ id, prompt: buildTurns(INSTRUCTIONS, [], instruction), completion: output }, tokens);
      return { ...item, completionTokens: item.completionTokens.slice(0, GENERAL_TOKENS_MAX) };
    });
    await openBackend({ threads });
    return new Workshop(loadLlamaFile(assets.modelPath), tokens, general, { ...assets, folder });
  }

  /** Trains as a run would; the start is not changed. */
  async teach({ items, start, rank = 8, learningRate = 2e-3, epochs = 6, seed = 0 }: Lesson): Promise<Made> {
    const training = trainingItems(items, this.tokens);
    const adapter = start
      ? { ...start, values: start.values.slice() }
      : createAdapter(this.model.config, { rank, alpha: 2 * rank, seed });
    const taught = taughtCompletions(training);
    const firstLoss = await meanNll(this.model, adapter, taught);
    const settings = { ...TRAIN_DEFAULTS, learningRate, epochs, seed, trainLayers: start ? CANDIDATE_LAYERS : 0 };
    await train({ model: this.model, adapter, items: training, settings });
    return { adapter, items, firstLoss, lastLoss: await meanNll(this.model, adapter, taught) };
  }

  measure(parent: LoraAdapter, candidate: LoraAdapter): Promise<GeneralScores> {
    return measureGeneral(this.model, { parent, candidate }, this.general);
  }

  /** Writes the adapter as a run does. @returns its path */
  write(name: string, adapter: LoraAdapter, baseSha256 = this.base.modelSha256): string {
    const path = join(this.base.folder, `${name.replaceAll(/\W+/g, '-')}.gguf`);
    writeGgufAdapter(path, adapter, this.model.config, baseSha256);
    return path;
  }

  async close(): Promise<void> {
    this.model.dispose();
    await this.tokens.dispose();
  }
}
