// An adapter as Hugging Face PEFT keeps it: a folder with adapter_config.json and adapter_model.safetensors. vLLM reads the
// same. Rows of B are brought into Hugging Face's order on the way out and back on the way in (rotary-rows.ts).
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../atomic-write.js';
import { LoraError } from '../lora-error.js';
import type { LlamaConfig } from '../model/config.js';
import { checkAdapter, createAdapter, TARGETS, type LoraAdapter, type Target } from '../model/lora.js';
import { rowsDiffer, toHalves, toNeighbours } from './rotary-rows.js';
import { readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.js';

const CONFIG_FILE = 'adapter_config.json';
const WEIGHTS_FILE = 'adapter_model.safetensors';

/** The modules of transformers' Llama, Mistral, Qwen2 and Qwen3. */
const MODULES: Record<Target, string> = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};
const shortName = (target: Target) => MODULES[target].split('.')[1] as string;

const tensorName = (block: number, target: Target, part: 'A' | 'B') =>
  `base_model.model.model.layers.${block}.${MODULES[target]}.lora_${part}.weight`;

/**
 * Writes the folder; the weights first, so that a folder with a configuration is complete. `baseModel` is what PEFT loads the
 * adapter onto: a hub id or a folder.
 * @throws LoraError `adapter.invalid`, `adapter.mismatch`; the file system's error when it can't be written
 */
export function writePeftAdapter(
  dir: string,
  adapter: LoraAdapter,
  config: LlamaConfig,
  options: { baseModel: string },
): void {
  checkAdapter(adapter, config);
  const { rank, alpha, values } = adapter;
  const tensors = adapter.matrices.flatMap(({ block, target, inputs, outputs, offsetA, offsetB }): NamedTensor[] => {
    const b = values.subarray(offsetB, offsetB + outputs * rank);
    return [
      {
        name: tensorName(block, target, 'A'),
        shape: [rank, inputs],
        values: values.subarray(offsetA, offsetA + rank * inputs),
      },
      {
        name: tensorName(block, target, 'B'),
        shape: [outputs, rank],
        values: rowsDiffer(config, target) ? toHalves(b, rank, config.headWidth) : b,
      },
    ];
  });
  const peftConfig = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: options.baseModel,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    target_modules: TARGETS.map(shortName),
    bias: 'none',
    fan_in_fan_out: false,
    use_rslora: false,
    use_dora: false,
    inference_mode: true,
  };
  mkdirSync(dir, { recursive: true });
  writeSafetensors(join(dir, WEIGHTS_FILE), tensors);
  writeAtomically(join(dir, CONFIG_FILE), [Buffer.from(`${JSON.stringify(peftConfig, null, 2)}\n`)]);
}

/** What PEFT leaves so when a speciality is not used. */
const unused = z
  .unknown()
  .refine((value) => !value || (typeof value === 'object' && Object.keys(value).length === 0), 'is not supported')
  .optional();

const configSchema = z.object({
  peft_type: z.literal('LORA'),
  r: z.number().int().positive().max(4096),
  lora_alpha: z.number().positive(),
  target_modules: z.union([z.array(z.string()).nonempty(), z.literal('all-linear')]),
  bias: z.literal('none').nullish(),
  use_rslora: z.boolean().nullish(),
  fan_in_fan_out: unused,
  lora_bias: unused,
  rank_pattern: unused,
  alpha_pattern: unused,
  modules_to_save: unused,
  layers_to_transform: unused,
  layer_replication: unused,
  trainable_token_indices: unused,
  target_parameters: unused,
  alora_invocation_tokens: unused,
  use_dora: unused,
  use_qalora: unused,
  use_bdlora: unused,
});

/**
 * Reads a LoRA made for this base model, in 16 or 32 bits. Layers that `target_modules` leaves out start as PEFT would add
 * them (B = 0: no change).
 * @throws LoraError `adapter.invalid` (not such a folder, a PEFT method other than plain LoRA, values not finite),
 * `adapter.mismatch` (another base model, tensors missing or too many), `safetensors.*`
 */
export function readPeftAdapter(dir: string, config: LlamaConfig): LoraAdapter {
  const settings = readConfigFile(join(dir, CONFIG_FILE));
  const targets = adaptedTargets(settings.target_modules, dir);
  const rank = settings.r;
  // rsLoRA (Kalajdzievski 2023) scales by alpha / √r.
  const alpha = settings.use_rslora ? settings.lora_alpha * Math.sqrt(rank) : settings.lora_alpha;
  const adapter = createAdapter(config, { rank, alpha, seed: 0 });
  const path = join(dir, WEIGHTS_FILE);
  const tensors = readSafetensors(path);
  const take = (name: string, rows: number, columns: number): Float32Array => {
    const found = tensors.get(name);
    if (found?.shape.join() !== [rows, columns].join()) throw mismatch(path, name, found?.shape, [rows, columns]);
    tensors.delete(name);
    return found.values;
  };
  for (const { block, target, inputs, outputs, offsetA, offsetB } of adapter.matrices) {
    if (!targets.has(target)) continue;
    adapter.values.set(take(tensorName(block, target, 'A'), rank, inputs), offsetA);
    const b = take(tensorName(block, target, 'B'), outputs, rank);
    adapter.values.set(rowsDiffer(config, target) ? toNeighbours(b, rank, config.headWidth) : b, offsetB);
  }
  const [extra] = tensors.keys();
  if (extra)
    throw new LoraError('adapter.mismatch', `${path} holds ${extra}, which no layer named in its configuration takes.`);
  checkAdapter(adapter, config);
  return adapter;
}

function readConfigFile(path: string): z.infer<typeof configSchema> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new LoraError('adapter.invalid', `${path} can't be read: ${(cause as Error).message}.`, { cause });
  }
  const parsed = configSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new LoraError('adapter.invalid', `${path} does not describe a plain LoRA (${reasons}).`);
}

function adaptedTargets(modules: string[] | 'all-linear', dir: string): ReadonlySet<Target> {
  if (modules === 'all-linear') return new Set(TARGETS);
  const byModule = new Map(TARGETS.map((target) => [shortName(target), target]));
  return new Set(
    modules.map((module) => {
      const target = byModule.get(module.split('.').at(-1) as string);
      if (target) return target;
      const known = [...byModule.keys()].join(', ');
      throw new LoraError('adapter.mismatch', `${dir} adapts ${module}; adapters here have layers of ${known} only.`);
    }),
  );
}

function mismatch(path: string, name: string, found: number[] | undefined, expected: number[]): LoraError {
  const what = found ? `has shape (${found.join(', ')})` : 'is missing';
  const wanted = `(${expected.join(', ')}) was expected; it was made for another base model`;
  return new LoraError('adapter.mismatch', `${path}: ${name} ${what}, ${wanted}.`);
}
