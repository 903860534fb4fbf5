// Each architecture against transformers: a tiny random model, its log-probabilities and the gradient of every A and B.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGguf, type GgufFile } from '../gguf/read.js';
import type { MetadataValue } from '../gguf/format.js';
import { openBackend } from '../tensor/backend.js';
import {
  architectureGguf,
  ARCHITECTURE_GOLDENS,
  floats,
  goldenItems,
  readGolden,
  relativeDistance,
  TINY_GGUF,
  type ArchitectureGolden,
} from '../testing/golden.js';
import { gradientOf } from '../testing/gradient.js';
import { scoreCompletions } from '../train/score.js';
import { readConfig } from './config.js';
import type { LlamaModel } from './llama.js';
import { loadLlama } from './load.js';
import { adapterLayout } from './lora.js';

describe.each(ARCHITECTURE_GOLDENS)('%s', (name) => {
  const golden = readGolden<ArchitectureGolden>(`arch-${name}.json`);
  const items = goldenItems(golden);
  let model: LlamaModel;

  beforeAll(async () => {
    await openBackend();
    const gguf = openGguf(architectureGguf(name));
    model = loadLlama(gguf);
    gguf.close();
  });
  afterAll(() => model.dispose());

  it('gives the log-probabilities of transformers', async () => {
    const scores = await scoreCompletions(model, undefined, items);
    scores.forEach((score, i) => {
      golden.baseLogProbs[i]?.forEach((expected, t) => expect(score.tokenLogProbs[t]).toBeCloseTo(expected, 4));
    });
  });

  it('gives the loss and every LoRA gradient of PyTorch within 1e-3 relative', async () => {
    const { matrices } = adapterLayout(model.config, golden.rank);
    const adapter = { rank: golden.rank, alpha: golden.alpha, matrices, values: floats(golden.values) };
    const { gradient: ours, loss } = await gradientOf(model, adapter, items);
    const expected = floats(golden.gradient);
    expect(loss).toBeCloseTo(golden.loss, 4);
    const ends = matrices.flatMap(({ offsetA, offsetB }) => [offsetA, offsetB]).concat(expected.length);
    for (let i = 0; i + 1 < ends.length; i++) {
      const part = (of: Float32Array) => of.subarray(ends[i], ends[i + 1]);
      expect(relativeDistance(part(ours), part(expected))).toBeLessThan(1e-3);
    }
  });
});

describe('what the forward pass does not compute', () => {
  let folder: string;
  let gguf: GgufFile;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'retune-arch-'));
    gguf = openGguf(TINY_GGUF);
  });
  afterAll(() => {
    gguf.close();
    rmSync(folder, { recursive: true });
  });
  const tinyWith = (key: string, value: MetadataValue): GgufFile => ({
    ...gguf,
    metadata: new Map([...gguf.metadata, [key, value]]),
  });

  it.each<[string, MetadataValue, RegExp]>([
    ['llama.expert_count', 8, /mixture of 8 experts/],
    ['llama.rope.scaling.type', 'yarn', /"yarn"/],
    ['llama.rope.dimension_count', 4, /rotates 4 of the 8/],
    ['general.architecture', 'gemma3', /"gemma3".*llama, qwen2, qwen3/],
    ['general.architecture', 'constructor', /"constructor"/],
  ])('is refused: %s = %s', (key, value, message) => {
    const refused = () => readConfig(tinyWith(key, value));
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ code: 'model.unsupported_architecture' }));
  });

  it('is refused when it is a tensor', () => {
    const [info] = [...gguf.tensors.values()];
    const foreign = { ...gguf, tensors: new Map([...gguf.tensors, ['blk.0.ffn_gate_inp.weight', info]]) } as GgufFile;
    expect(() => loadLlama(foreign)).toThrow(/blk\.0\.ffn_gate_inp\.weight/);
  });

  it('limits examples to a sliding window, where full attention would differ', () => {
    expect(readConfig(tinyWith('llama.attention.sliding_window', 32)).contextTokens).toBe(32);
    expect(readConfig(tinyWith('llama.attention.sliding_window', 4096)).contextTokens).toBe(128);
    expect(readConfig(gguf).contextTokens).toBe(128);
  });
});
