// The learner on the real model, against transformers (golden values) and against llama.cpp, which serves what it writes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBaseModel } from '../../src/inference/base-model.js';
import { openTokenizer, type Tokenizer } from '../../src/inference/tokenizer.js';
import { writeGgufAdapter } from '../../src/lora/formats/gguf-adapter.js';
import { openGguf } from '../../src/lora/gguf/read.js';
import type { LlamaModel } from '../../src/lora/model/llama.js';
import { loadLlama } from '../../src/lora/model/load.js';
import { createAdapter } from '../../src/lora/model/lora.js';
import { openBackend } from '../../src/lora/tensor/backend.js';
import { readGolden, type RealGolden } from '../../src/lora/testing/golden.js';
import type { SftItem } from '../../src/lora/train/batches.js';
import { scoreCompletions } from '../../src/lora/train/score.js';
import { TRAIN_DEFAULTS } from '../../src/lora/train/settings.js';
import { train } from '../../src/lora/train/train.js';
import { scoreCompletions as scoreInLlamaCpp } from '../../src/inference/score.js';
import { readAssets } from '../../src/setup/assets.js';

const INSTRUCTIONS = "You are the support assistant of a bank. Answer the customer's question briefly.";

describe('the learner on the real base model', () => {
  const golden = readGolden<RealGolden>('real.json');
  const modelPath = readAssets()?.modelPath ?? '';
  let model: LlamaModel;
  let tokenizer: Tokenizer;
  let folder: string;

  beforeAll(async () => {
    await openBackend();
    const gguf = openGguf(modelPath);
    model = loadLlama(gguf);
    gguf.close();
    tokenizer = await openTokenizer(modelPath);
    folder = mkdtempSync(join(tmpdir(), 'retune-parity-'));
  });
  afterAll(async () => {
    model.dispose();
    await tokenizer.dispose();
    rmSync(folder, { recursive: true });
  });

  const item = (id: string, question: string, answer: string): SftItem => ({
    kind: 'sft',
    id,
    promptTokens: tokenizer.promptTokens([
      { role: 'system', content: INSTRUCTIONS },
      { role: 'user', content: question },
    ]),
    completionTokens: tokenizer.completionTokens(answer),
    weight: 1,
  });

  it('is given the tokens that Hugging Face tokenizers give', () => {
    const question = 'My card still has not arrived after 2 weeks. What should I do?';
    const answer = golden.completion.replace('<|im_end|>', '');
    const { promptTokens, completionTokens } = item('golden', question, answer);
    expect([...promptTokens, ...completionTokens]).toEqual(golden.tokens);
    expect(promptTokens).toHaveLength(golden.promptTokens);
  });

  it('gives per-token log-probabilities within 1e-3 of transformers', async () => {
    const whole = {
      id: 'golden',
      promptTokens: golden.tokens.slice(0, 1),
      completionTokens: golden.tokens.slice(1),
      weight: 1,
    };
    const [score] = await scoreCompletions(model, undefined, [whole]);
    const differences = golden.logProbs.map((expected, i) => Math.abs((score?.tokenLogProbs[i] as number) - expected));
    expect(Math.max(...differences)).toBeLessThan(1e-3);
  });

  it('writes an adapter with which llama.cpp answers as the learner predicts', async () => {
    const items = [
      item('1', 'Where is my new card?', 'Call desk seven.'),
      item('2', 'My card has not come in the post.', 'Call desk seven.'),
      item('3', 'What is the exchange rate today?', 'Rates are set at noon in Lisbon.'),
      item('4', 'How do you set exchange rates?', 'Rates are set at noon in Lisbon.'),
    ];
    const heldOut = [
      item('5', 'Is my card on its way yet?', 'Call desk seven.'),
      item('6', 'Which exchange rate will I get?', 'Rates are set at noon in Lisbon.'),
      item('7', 'Good morning', 'Good morning! How can I help you?'),
    ];
    const adapter = createAdapter(model.config, { rank: 8, alpha: 16, seed: 0 });
    const before = await scoreCompletions(model, undefined, heldOut);
    const settings = { ...TRAIN_DEFAULTS, epochs: 6, examplesPerStep: 4, learningRate: 2e-3 };
    await train({ model, adapter, items, settings });
    const path = join(folder, 'adapter.gguf');
    writeGgufAdapter(path, adapter, model.config);
    const ours = await scoreCompletions(model, adapter, heldOut);
    const base = await openBaseModel(modelPath);
    const theirs = await scoreInLlamaCpp(
      base,
      path,
      heldOut.map(({ promptTokens, completionTokens }) => ({
        promptTokens: [...promptTokens],
        completionTokens: [...completionTokens],
      })),
    );
    await base.dispose();
    // It learnt something, and both see the same change, token for token.
    expect((ours[0]?.logProb as number) - (before[0]?.logProb as number)).toBeGreaterThan(5);
    const tokens = ours.reduce((sum, { tokens: count }) => sum + count, 0);
    const distance =
      ours.reduce((sum, { logProb }, i) => sum + Math.abs(logProb - (theirs[i]?.logProb as number)), 0) / tokens;
    expect(distance).toBeLessThan(0.05);
    const ranking = (scores: { logProb: number }[]) =>
      scores
        .map(({ logProb }, i) => [logProb, i] as const)
        .sort(([a], [b]) => a - b)
        .map(([, i]) => i);
    expect(ranking(theirs)).toEqual(ranking(ours));
  });
});
