// What a run starts from, read and checked before anything is computed or written.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { readModelShape, type ModelShape } from '../lora/model/config.js';
import { deriveSeed, seededRandom, shuffled } from '../lora/random.js';
import { checkCompletions, completionsOf, type TrainingItem } from '../lora/train/batches.js';
import { readModel } from '../setup/model.js';
import { cacheFolder } from '../setup/paths.js';
import { CliError } from './cli-error.js';
import { readExamples, type Example } from './examples.js';
import type { Options } from './options.js';
import { areTokens, forLoss, trainingItems } from './training-items.js';

/** Stream of the seed that the held-out share is drawn by; the run's own streams start at 0. */
const HELD_OUT_STREAM = 0x7e57;

export interface Inputs extends ModelShape {
  basePath: string;
  training: TrainingItem[];
  heldOut: TrainingItem[];
  /** The file of the held-out examples, where they have their own. */
  heldOutPath: string | undefined;
}

/** @throws CliError, LoraError, InferenceError in words for the person who called */
export async function readInputs(options: Options): Promise<Inputs> {
  const basePath = options.base ?? readModel(cacheFolder())?.path;
  if (!basePath) throw new CliError('cli.usage', 'There is no base model: give --base, or run `npm run setup`.');
  const { config, isTied } = readModelShape(basePath);
  const heldOutPath = options.heldout && 'path' in options.heldout ? options.heldout.path : undefined;
  const examples = readFile(options.data, options);
  const heldOutExamples = heldOutPath ? readFile(heldOutPath, options) : [];
  const all = await tokenise(basePath, [examples, heldOutExamples]);
  const [items, own] = all as [TrainingItem[], TrainingItem[]];
  checkCompletions([...items, ...own].flatMap(completionsOf), config.contextTokens);
  const share = options.heldout && 'share' in options.heldout ? options.heldout.share : 0;
  const [training, drawn] = holdOut(items, share, options.seed);
  if (training.length === 0) throw new CliError('cli.data', 'Every example is held out; there is none left to learn.');
  return { basePath, config, isTied, training, heldOut: heldOutPath ? own : drawn, heldOutPath };
}

function readFile(path: string, { loss, 'all-turns': allTurns }: Options): Example[] {
  if (!existsSync(path) || !statSync(path).isFile()) throw new CliError('cli.data', `There is no file ${path}.`);
  return forLoss(readExamples(readFileSync(path, 'utf8'), { name: basename(path), allTurns }), loss);
}

/** With the serving engine's own tokenizer; it isn't loaded when nobody needs it. */
async function tokenise(basePath: string, groups: Example[][]): Promise<TrainingItem[][]> {
  if (groups.every(areTokens)) return groups.map((examples) => trainingItems(examples, undefined));
  const { openTokenizer } = await import('../inference/tokenizer.js');
  const tokenizer = await openTokenizer(basePath);
  try {
    return groups.map((examples) => trainingItems(examples, tokenizer));
  } finally {
    await tokenizer.dispose();
  }
}

/** Draws a share by seed, at least one example; both parts stay in the file's order. */
export function holdOut<Item>(items: readonly Item[], share: number, seed: number): [Item[], Item[]] {
  const count = share > 0 ? Math.max(1, Math.round(items.length * share)) : 0;
  const order = items.map((_, i) => i);
  const drawn = new Set(shuffled(order, seededRandom(deriveSeed(seed, HELD_OUT_STREAM))).slice(0, count));
  return [items.filter((_, i) => !drawn.has(i)), items.filter((_, i) => drawn.has(i))];
}
