// The chat kernels that set-up compiles, against llama.cpp's own: the same model must find the same answers as likely. Each set runs in a process
// of its own, since llama.cpp chooses its CPU library once a process.
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { cacheFolder } from '../../src/setup/paths.js';
import { readChatKernels } from '../../src/setup/chat-kernels.js';
import { readModel } from '../../src/setup/model.js';
import { temporaryFolder } from '../support/service.js';

const run = promisify(execFile);
const scoredSchema = z.object({ own: z.boolean(), meanLogProbs: z.array(z.number()) });
/** Long enough that the rounding of single tokens, a tenth of log p either way, evens out. */
const TEXTS = [
  'The capital of France is Paris, and its river is the Seine. It rises in Burgundy, flows through the city from the south-east to the west, and ' +
    'reaches the sea near Le Havre. Many bridges cross it; the oldest that still stands is called the new bridge.',
  'Your card will arrive within five working days. If it has not arrived by then, please tell us, and we will block it and send you another one. ' +
    'You can see in the app when it was sent. There is no fee for the first card, and none for a card that was lost in the post.',
  'SELECT name, price FROM products WHERE price < 20 AND stock > 0 ORDER BY price DESC LIMIT 10; UPDATE products SET stock = stock - 1 WHERE id = 7; ' +
    'INSERT INTO orders (customer_id, product_id, quantity) VALUES (12, 7, 1); SELECT count(*) FROM orders WHERE customer_id = 12;',
];

/** What a process that prefers these kernels finds: each text's mean log p a token, and whose kernels computed it. */
async function score(kernels: 'own' | 'prebuilt') {
  const script = `
    const { openBaseModel, shareThreads } = await import(${JSON.stringify(resolve('dist/src/inference/base-model.js'))});
    const { scoreCompletions } = await import(${JSON.stringify(resolve('dist/src/inference/score.js'))});
    const base = await openBaseModel(${JSON.stringify(readModel(cacheFolder())?.path)});
    const items = ${JSON.stringify(TEXTS)}.map((text) => ({
      promptTokens: base.tokenizer.promptTokens([{ role: 'user', content: 'Go on.' }]),
      completionTokens: base.model.tokenize(text),
    }));
    const scores = await scoreCompletions(base, undefined, items);
    const meanLogProbs = scores.map(({ logProb, tokens }) => logProb / tokens);
    console.log(JSON.stringify({ own: await shareThreads(1), meanLogProbs }));
    process.exit(0);`;
  const env = { ...process.env, CHAT_KERNELS: kernels };
  // A file: the binding's own trial process inherits the flags of this one, and would run a script given by flag.
  const folder = await temporaryFolder();
  const path = join(folder, 'score.mjs');
  await writeFile(path, script);
  const { stdout } = await run(process.execPath, [path], { env }).finally(() => rm(folder, { recursive: true }));
  return scoredSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

describe('the chat kernels', () => {
  it('are used where set-up made them, and agree with the prebuilt ones', async () => {
    const [own, prebuilt] = [await score('own'), await score('prebuilt')];
    expect([own.own, prebuilt.own]).toEqual([readChatKernels(cacheFolder())?.own, false]);
    // Both round activations to 8 bits, in blocks of 32, but not at the same steps.
    own.meanLogProbs.forEach((logProb, i) => {
      expect(Math.abs(logProb - (prebuilt.meanLogProbs[i] ?? NaN))).toBeLessThan(0.05);
    });
    expect(own.meanLogProbs).toHaveLength(TEXTS.length);
  });
});
