// Adapters between the formats, bit for bit, against files that PEFT wrote; merged models against base plus adapter.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGguf } from '../gguf/read.js';
import { readConfig, type LlamaConfig } from '../model/config.js';
import { loadLlama } from '../model/load.js';
import { adapterLayout, createAdapter, type LoraAdapter } from '../model/lora.js';
import { openBackend } from '../tensor/backend.js';
import {
  architectureGguf,
  ARCHITECTURE_GOLDENS,
  floats,
  goldenItems,
  peftFolder,
  readGolden,
  type ArchitectureGolden,
} from '../testing/golden.js';
import { scoreCompletions } from '../train/score.js';
import { readGgufAdapter, writeGgufAdapter } from './gguf-adapter.js';
import { mergeIntoGguf } from './merge.js';
import { readPeftAdapter, writePeftAdapter } from './peft-adapter.js';
import { readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.js';

type Name = (typeof ARCHITECTURE_GOLDENS)[number];

let folder: string;
beforeAll(async () => {
  await openBackend();
  folder = mkdtempSync(join(tmpdir(), 'retune-formats-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const configOf = (name: Name): LlamaConfig => {
  const gguf = openGguf(architectureGguf(name));
  const config = readConfig(gguf);
  gguf.close();
  return config;
};
const adapterOf = (name: Name): LoraAdapter => {
  const golden = readGolden<ArchitectureGolden>(`arch-${name}.json`);
  const { matrices } = adapterLayout(configOf(name), golden.rank);
  return { rank: golden.rank, alpha: golden.alpha, matrices, values: floats(golden.values) };
};
const scoresOf = async (path: string, adapter: LoraAdapter | undefined, name: Name) => {
  const gguf = openGguf(path);
  const model = loadLlama(gguf);
  gguf.close();
  const items = goldenItems(readGolden<ArchitectureGolden>(`arch-${name}.json`));
  const scores = await scoreCompletions(model, adapter, items);
  model.dispose();
  return scores.flatMap((score) => [...score.tokenLogProbs]);
};
const refuses = (code: string, message: RegExp, action: () => unknown) => {
  expect(action).toThrow(expect.objectContaining({ code }));
  expect(action).toThrow(message);
};

describe.each(ARCHITECTURE_GOLDENS)('an adapter of %s', (name) => {
  const config = configOf(name);

  it('is read from what PEFT saved, q and k rows in the order of the GGUF', () => {
    expect(readPeftAdapter(peftFolder(name), config)).toEqual(adapterOf(name));
  });

  it('is written with the same tensors as PEFT writes', () => {
    const dir = join(folder, `peft-${name}`);
    writePeftAdapter(dir, adapterOf(name), config, { baseModel: 'a/base' });
    const ours = readSafetensors(join(dir, 'adapter_model.safetensors'));
    const theirs = readSafetensors(join(peftFolder(name), 'adapter_model.safetensors'));
    expect(new Map([...ours].sort())).toEqual(new Map([...theirs].sort()));
  });

  it('comes back bit for bit through GGUF and PEFT', () => {
    const adapter = createAdapter(config, { rank: 3, alpha: 0.1, seed: 5 });
    adapter.values.forEach((_, i) => (adapter.values[i] = Math.sin(i) * 2 ** ((i % 40) - 20)));
    const [first, second] = [join(folder, `${name}-1.gguf`), join(folder, `${name}-2.gguf`)];
    const dir = join(folder, `round-${name}`);
    writeGgufAdapter(first, adapter, config);
    writePeftAdapter(dir, readGgufAdapter(first, config), config, { baseModel: 'a/base' });
    const back = readPeftAdapter(dir, config);
    writeGgufAdapter(second, back, config);
    expect(back).toEqual(adapter);
    expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
  });

  it('merged, the model answers as base plus adapter; what is not adapted stays as it was', async () => {
    const [base, adapter] = [architectureGguf(name), adapterOf(name)];
    const expected = await scoresOf(base, adapter, name);
    for (const [type, tolerance] of [
      ['F32', 1e-4],
      ['F16', 0.02],
      ['Q8_0', 0.3],
    ] as const) {
      const outPath = join(folder, `${name}-${type}.gguf`);
      mergeIntoGguf({ basePath: base, adapter, outPath, type });
      const merged = await scoresOf(outPath, undefined, name);
      merged.forEach((score, i) => expect(Math.abs(score - (expected[i] as number))).toBeLessThan(tolerance));
    }
    const [before, after] = [openGguf(base), openGguf(join(folder, `${name}-Q8_0.gguf`))];
    const { 'general.file_type': fileType, ...kept } = Object.fromEntries(after.metadata);
    expect(kept).toEqual(Object.fromEntries(before.metadata));
    expect(fileType).toBe(7);
    expect([...after.tensors.keys()]).toEqual([...before.tensors.keys()]);
    for (const { name: tensor, type } of before.tensors.values()) {
      const adapted = /blk\.\d\.(attn_[qkv]|attn_output|ffn_\w+)\.weight/.test(tensor) && !tensor.includes('norm');
      if (adapted)
        expect(after.tensors.get(tensor)?.type).toBe(tensor.includes('attn_output') && config.headWidth === 12 ? 1 : 8);
      else expect(after.tensors.get(tensor)?.type).toBe(type);
      if (!adapted) expect(after.read(tensor)).toEqual(before.read(tensor));
    }
    before.close();
    after.close();
  });
});

describe('a bad PEFT folder', () => {
  const config = configOf('llama3');
  let copies = 0;
  /** A copy of PEFT's own folder with a changed configuration or changed tensors. */
  const changed = (settings: object, change?: (tensors: Map<string, NamedTensor>) => void): string => {
    const dir = join(folder, `bad-${copies++}`);
    cpSync(peftFolder('llama3'), dir, { recursive: true });
    const path = join(dir, 'adapter_config.json');
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...settings }));
    const weights = join(dir, 'adapter_model.safetensors');
    const tensors = readSafetensors(weights);
    change?.(tensors);
    writeSafetensors(weights, [...tensors.values()]);
    return dir;
  };
  const key = 'base_model.model.model.layers.1.mlp.up_proj.lora_B.weight';
  const asSaved = () => undefined;
  const tensor = (tensors: Map<string, NamedTensor>) => tensors.get(key) as NamedTensor;

  it.each<[string, RegExp, object, (tensors: Map<string, NamedTensor>) => void]>([
    ['adapter.invalid', /use_dora/, { use_dora: true }, asSaved],
    ['adapter.invalid', /peft_type/, { peft_type: 'LOHA' }, asSaved],
    ['adapter.invalid', /rank_pattern/, { rank_pattern: { q_proj: 4 } }, asSaved],
    ['adapter.invalid', /lora_alpha/, { lora_alpha: 0 }, asSaved],
    ['adapter.invalid', /bias/, { bias: 'all' }, asSaved],
    ['adapter.invalid', /target_modules/, { target_modules: '.*_proj' }, asSaved],
    ['adapter.mismatch', /lm_head/, { target_modules: ['q_proj', 'lm_head'] }, asSaved],
    ['adapter.mismatch', /down_proj.*no layer named/, { target_modules: ['q_proj'] }, asSaved],
    ['adapter.mismatch', /up_proj.lora_B.weight is missing/, {}, (tensors) => tensors.delete(key)],
    ['adapter.mismatch', /\(2, 64\), \(64, 2\) was expected/, {}, (tensors) => (tensor(tensors).shape = [2, 64])],
    ['adapter.mismatch', /has shape/, { r: 4 }, asSaved],
    ['adapter.mismatch', /embed/, {}, (tensors) => tensors.set('embed', { ...tensor(tensors), name: 'embed' })],
    ['adapter.invalid', /not finite/, {}, (tensors) => (tensor(tensors).values[3] = NaN)],
  ])('is refused with %s: %s', (code, message, settings, change) => {
    refuses(code, message, () => readPeftAdapter(changed(settings, change), config));
  });

  it('of another base model or architecture is refused, as GGUF too', () => {
    refuses('adapter.mismatch', /another base model/, () => readPeftAdapter(peftFolder('mistral'), config));
    const path = join(folder, 'qwen2-adapter.gguf');
    writeGgufAdapter(path, adapterOf('qwen2'), configOf('qwen2'));
    refuses('adapter.mismatch', /qwen2 model; the base model is llama/, () => readGgufAdapter(path, config));
  });

  it('without its files says which', () => {
    refuses('adapter.invalid', /adapter_config\.json/, () => readPeftAdapter(join(folder, 'nowhere'), config));
    const dir = changed({});
    rmSync(join(dir, 'adapter_model.safetensors'));
    refuses('safetensors.unreadable', /adapter_model\.safetensors/, () => readPeftAdapter(dir, config));
  });

  it('that adapts fewer layers is read: the others change nothing; rsLoRA scales by the root of the rank', () => {
    const only = (tensors: Map<string, NamedTensor>) =>
      [...tensors.keys()].filter((name) => !name.includes('q_proj')).forEach((name) => tensors.delete(name));
    const adapter = readPeftAdapter(changed({ target_modules: ['q_proj'], use_rslora: true }, only), config);
    expect(adapter.alpha).toBeCloseTo(4 * Math.SQRT2, 5);
    const full = adapterOf('llama3').values;
    for (const { target, offsetB, outputs } of adapter.matrices) {
      const b = adapter.values.subarray(offsetB, offsetB + 2 * outputs);
      const expected =
        target === 'attn_q' ? full.subarray(offsetB, offsetB + 2 * outputs) : new Float32Array(2 * outputs);
      expect(b).toEqual(expected);
    }
  });
});

describe('a safetensors file', () => {
  it('cut anywhere, or with random bytes in its header, is refused or read, never a crash', () => {
    const whole = readFileSync(join(peftFolder('qwen3'), 'adapter_model.safetensors'));
    const path = join(folder, 'damaged.safetensors');
    for (let length = 0; length < whole.length; length += 61) {
      writeFileSync(path, whole.subarray(0, length));
      refuses('safetensors.invalid', /damaged/, () => readSafetensors(path));
    }
    for (let at = 0; at < 600; at += 3) {
      const bytes = Buffer.from(whole);
      bytes[at] = (at * 89) % 256;
      writeFileSync(path, bytes);
      try {
        readSafetensors(path);
      } catch (error) {
        expect(error).toMatchObject({ name: 'LoraError' });
      }
    }
  });

  it('in 16 bits is read as float32', () => {
    const path = join(folder, 'half.safetensors');
    const header = Buffer.from(
      '{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]}}',
    );
    const length = Buffer.alloc(8);
    length.writeUInt32LE(header.length);
    writeFileSync(path, Buffer.concat([length, header, Buffer.from([0x00, 0x3c, 0x00, 0xc1, 0x20, 0x41])]));
    const tensors = readSafetensors(path);
    expect([...(tensors.get('h')?.values ?? [])]).toEqual([1, -2.5]);
    expect([...(tensors.get('b')?.values ?? [])]).toEqual([10]);
  });
});

describe('a merge that cannot be', () => {
  const base = architectureGguf('llama3');

  it('is refused, and leaves no file', () => {
    const adapter = adapterOf('llama3');
    const outPath = join(folder, 'never.gguf');
    const merge =
      (of: LoraAdapter, out = outPath, basePath = base) =>
      () =>
        mergeIntoGguf({ basePath, adapter: of, outPath: out, type: 'F16' });
    refuses('merge.refused', /replace its base/, merge(adapter, base));
    refuses('adapter.mismatch', /other sizes/, merge(adapterOf('mistral')));
    refuses('merge.refused', /range of F16/, merge({ ...adapter, alpha: 1e7 }));
    refuses('adapter.invalid', /not finite/, merge({ ...adapter, values: adapter.values.map(() => NaN) }));
    refuses('gguf.not_gguf', /GGUF/, merge(adapter, outPath, join(peftFolder('qwen2'), 'adapter_config.json')));
    expect(existsSync(outPath)).toBe(false);
    expect(readdirSync(folder).filter((file) => file.includes('.part-'))).toEqual([]);
  });

  it('of an adapter that changes nothing copies every tensor', () => {
    const outPath = join(folder, 'same.gguf');
    const adapter = createAdapter(configOf('llama3'), { rank: 2, alpha: 4, seed: 1 });
    mergeIntoGguf({ basePath: base, adapter, outPath, type: 'Q8_0' });
    const [before, after] = [openGguf(base), openGguf(outPath)];
    for (const { name, type } of before.tensors.values()) {
      expect(after.tensors.get(name)?.type).toBe(type);
      expect(after.read(name)).toEqual(before.read(name));
    }
    before.close();
    after.close();
  });
});
