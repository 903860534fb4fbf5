// The command line: one zod schema gives the parsing, the checks and the help text.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { BACKENDS } from '../lora/tensor/backend.js';
import { LOSS_DEFAULTS } from '../lora/train/losses/loss.js';
import { TRAIN_DEFAULTS } from '../lora/train/settings.js';
import { CliError } from './cli-error.js';

const number = (check: z.ZodNumber) => z.string().transform(Number).pipe(check);
const count = number(z.number().int().positive());
const path = z.string().min(1);

const UNITS: Record<string, number> = { '': 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30 };
const bytes = z
  .string()
  .regex(/^\d+(\.\d+)?\s*([KMG]i?B)?$/i, 'must be a size, such as 4GB or 3500MB')
  .transform((text) => Number.parseFloat(text) * (UNITS[text.replace(/[\d.\s]/g, '').toUpperCase()] as number));

/** Held-out examples: a file of their own, or a share of the data. */
const heldOut = z.string().transform((text): { path: string } | { share: number } => {
  const share = Number(text);
  return Number.isNaN(share) ? { path: text } : { share };
});

/** `value` stands for the argument in the help; a flag has none. */
const option = <Schema extends z.ZodType>(schema: Schema, value: string, description: string) =>
  schema.describe(description).meta({ value });
const flag = (description: string) => z.boolean().default(false).describe(description);

const schema = z.object({
  base: option(path.optional(), 'model.gguf', 'the base model; without it, the one that `npm run setup` made ready'),
  data: option(
    z.string({ error: 'is needed' }),
    'train.jsonl',
    'the examples, one JSON object a line (see the README)',
  ),
  out: option(z.string({ error: 'is needed' }), 'folder', 'where the adapter, checkpoints/ and run.json go'),
  resume: flag('go on with the run in that folder'),
  loss: option(
    z.enum(['sft', 'dpo', 'kto', 'mixed']).default('sft'),
    'sft|dpo|kto|mixed',
    'what to learn from the lines; mixed: from each what it is made for',
  ),
  'all-turns': flag("learn every assistant turn of a dialogue, not only the last one's"),
  rank: option(count.default(8), 'r', 'rank of A and B'),
  alpha: option(number(z.number().positive()).optional(), 'α', 'the update is scaled by α / r; without it 2 r'),
  lr: option(number(z.number().positive().max(1)).default(TRAIN_DEFAULTS.learningRate), 'rate', 'peak learning rate'),
  epochs: option(count.default(TRAIN_DEFAULTS.epochs), 'n', 'passes over the examples'),
  batch: option(count.default(TRAIN_DEFAULTS.examplesPerStep), 'n', 'examples of one optimiser step'),
  'micro-batch-tokens': option(
    count.optional(),
    'n',
    'most tokens computed at once; without it, as many as fit the memory',
  ),
  warmup: option(
    number(z.number().min(0).max(1)).default(TRAIN_DEFAULTS.warmupShare),
    'share',
    'share of the steps in which the rate rises',
  ),
  'weight-decay': option(number(z.number().min(0).max(1)).default(0), 'λ', 'decoupled weight decay of AdamW'),
  ema: option(
    number(z.number().min(0).lt(1)).default(0),
    'decay',
    'moving average of the adapter as the result; 0 for none',
  ),
  beta: option(number(z.number().positive()).default(LOSS_DEFAULTS.beta), 'β', 'of DPO and KTO'),
  'sft-term': option(
    number(z.number().min(0)).default(LOSS_DEFAULTS.sftTerm),
    'λ',
    'SFT on the chosen answer beside DPO',
  ),
  'label-noise': option(
    number(z.number().min(0).lt(0.5)).default(LOSS_DEFAULTS.labelNoise),
    'ε',
    'share of pairs believed to be the wrong way round',
  ),
  'train-layers': option(
    number(z.number().int().min(0)).default(0),
    'k',
    'only the top k blocks learn: faster; 0 for all',
  ),
  seed: option(number(z.number().int().min(0)).default(0), 'n', 'of initialisation, order and the held-out share'),
  heldout: option(
    heldOut.optional(),
    'file|share',
    'examples that are only measured; the best adapter on them is kept',
  ),
  patience: option(count.default(3), 'n', 'evaluations without a better held-out loss that end the run'),
  format: option(z.enum(['gguf', 'peft', 'both']).default('gguf'), 'gguf|peft|both', 'how the adapter is written'),
  init: option(path.optional(), 'adapter', 'an adapter to go on from: a GGUF LoRA, or a PEFT folder'),
  'export-merged': option(path.optional(), 'model.gguf', 'also write base and adapter as one model'),
  'merged-type': option(
    z.enum(['F32', 'F16', 'Q8_0']).default('F16'),
    'F32|F16|Q8_0',
    'block format of its changed layers',
  ),
  'peft-base': option(z.string().optional(), 'name', "the base model's hub id or folder, for PEFT"),
  'checkpoint-every': option(count.default(10), 'n', 'optimiser steps between checkpoints'),
  threads: option(count.default(availableParallelism()), 'n', 'processor threads; never more than the cores'),
  backend: option(z.enum(['auto', ...BACKENDS]).default('auto'), `auto|${BACKENDS.join('|')}`, 'what computes'),
  'max-memory': option(bytes.optional(), 'size', 'most memory to use, such as 4GB; without it, what is free'),
  help: flag('show this'),
});

export type Options = z.output<typeof schema>;

/** @throws CliError `cli.usage` that names every bad option */
export function parseOptions(args: string[]): Options | 'help' {
  const declared = Object.fromEntries(
    Object.entries(schema.shape).map(([name, field]) => [
      name,
      { type: isFlag(field) ? 'boolean' : 'string' } as const,
    ]),
  );
  let values: Record<string, unknown>;
  try {
    values = parseArgs({ args, options: declared, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new CliError('cli.usage', `${(cause as Error).message.split('. ')[0]}. Try --help.`, { cause });
  }
  if (values.help === true) return 'help';
  const parsed = schema.safeParse(values);
  if (parsed.success) return checked(parsed.data);
  const reasons = parsed.error.issues.map(({ path: [name], message }) => `--${String(name)}: ${message}`);
  throw new CliError('cli.usage', `${reasons.join('; ')}. Try --help.`);
}

function checked(options: Options): Options {
  const { heldout } = options;
  if (heldout && 'share' in heldout && !(heldout.share > 0 && heldout.share < 1)) {
    throw new CliError('cli.usage', `--heldout: a share must lie between 0 and 1, not ${heldout.share}. Try --help.`);
  }
  return options;
}

/** The word that stands for an option's argument; a flag has none. */
const valueOf = (field: z.ZodType) => field.meta()?.value as string | undefined;
const isFlag = (field: z.ZodType) => valueOf(field) === undefined;

/** What `--help` prints. */
export function helpText(): string {
  const rows = Object.entries(schema.shape).map(([name, field]) => {
    const { description } = field.meta() ?? {};
    const value = valueOf(field);
    const { data: byDefault } = field.safeParse(undefined);
    const shown = value && ['string', 'number'].includes(typeof byDefault) ? ` (default: ${byDefault as string})` : '';
    return [`  --${name}${value ? ` ${value}` : ''}`, `${description ?? ''}${shown}`] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    'retune-train: trains a LoRA adapter on the weights of a GGUF file.',
    '',
    'Usage: retune-train --base model.gguf --data train.jsonl --out adapter/ [options]',
    '',
    ...rows.map(([left, right]) => left.padEnd(width) + right),
  ].join('\n');
}
