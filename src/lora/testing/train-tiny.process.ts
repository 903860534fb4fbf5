// A process that trains the tiny model with everything that a checkpoint has to hold, and can be killed at any moment.
// Run as: train-tiny.process.js FOLDER. Says { step } to its parent after each step; leaves FOLDER/adapter.bin when it is done.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAdapter } from '../model/lora.js';
import { TRAIN_DEFAULTS } from '../train/settings.js';
import { train } from '../train/train.js';
import { goldenItems, readGolden, type TinyGolden } from './golden.js';
import { goldenPairs, goldenRatings, readLossGolden } from './losses.js';
import { loadTiny } from './tiny.js';

const folder = process.argv[2] ?? '.';
const model = await loadTiny();
const sft = goldenItems(readGolden<TinyGolden>('tiny.json'));
const golden = readLossGolden();
const adapter = createAdapter(model.config, { rank: 4, alpha: 8, seed: 5 });
const { steps, resumed } = await train({
  model,
  adapter,
  items: [...sft, ...goldenPairs(golden), ...goldenRatings(golden)],
  settings: {
    ...TRAIN_DEFAULTS,
    epochs: 48,
    examplesPerStep: 4,
    learningRate: 5e-3,
    seed: 7,
    emaDecay: 0.95,
    keepStart: 0.1,
  },
  heldOut: { items: [...sft.slice(0, 2), ...goldenRatings(golden).slice(0, 2)], everySteps: 5, patience: 1000 },
  regulariser: { kind: 'ewc', strength: 10, items: sft },
  checkpoint: { dir: folder, everySteps: 1 },
  onStep: ({ step }) => process.send?.({ step }),
});
writeFileSync(join(folder, 'adapter.bin'), adapter.values);
process.send?.({ done: { steps, resumed } });
process.disconnect?.();
