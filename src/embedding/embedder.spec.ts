// The encoder against its own libraries: word pieces exactly, embeddings by their direction.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readEmbeddingModel, type EmbeddingModel } from '../setup/embedding-model.js';
import { cacheFolder } from '../setup/paths.js';
import { cosine, EMBEDDING_LENGTH, openEmbedder, type Embedder } from './embedder.js';
import { provideEmbedder } from './embedding.module.js';
import { openWordPieces, WORD_PIECES_MAX } from './word-pieces.js';

interface Golden {
  text: string;
  ids: number[];
  int8: number[];
  float: number[];
}

const golden = JSON.parse(readFileSync('test/peers/golden/embeddings.json', 'utf8')) as Golden[];
let model: EmbeddingModel;
let embedder: Embedder;

beforeAll(async () => {
  const found = readEmbeddingModel(cacheFolder());
  if (!found) throw new Error('run `npm run setup` first');
  model = found;
  embedder = await openEmbedder(model, { threads: 1 });
});
afterAll(() => embedder?.close());

describe('word pieces', () => {
  it.each(golden)('of "$text" are those of the reference', async ({ text, ids }) => {
    expect((await openWordPieces(model.tokenizerPath))(text)).toEqual(ids);
    expect(ids.length).toBeLessThanOrEqual(WORD_PIECES_MAX);
  });
});

describe('embeddings', () => {
  it('are those of ONNX Runtime’s own binding, and close to the unquantised model’s', async () => {
    const embeddings = await embedder.embed(golden.map(({ text }) => text));
    embeddings.forEach((embedding, i) => {
      expect(embedding).toHaveLength(EMBEDDING_LENGTH);
      expect(cosine(embedding, embedding)).toBeCloseTo(1, 5);
      expect(cosine(embedding, Float32Array.from(golden[i]?.int8 ?? []))).toBeGreaterThan(0.999);
      expect(cosine(embedding, Float32Array.from(golden[i]?.float ?? []))).toBeGreaterThan(0.95);
    });
  });

  it('don’t depend on what is embedded beside them', async () => {
    const [alone] = await embedder.embed(['How do I locate my card?']);
    const [, beside] = await embedder.embed(['word '.repeat(300), 'How do I locate my card?']);
    expect(beside).toEqual(alone);
    const [one, two] = await Promise.all([embedder.embed(['One?', 'Two?']), embedder.embed(['One?', 'Two?'])]);
    expect(one).toEqual(two);
  });

  it('put a paraphrase nearer than another question', async () => {
    const [asked, again, other] = await embedder.embed([
      'How do I locate my card?',
      'Where is my card?',
      'What is the capital of France?',
    ]);
    expect(cosine(asked!, again!)).toBeGreaterThan(0.7);
    expect(cosine(asked!, other!)).toBeLessThan(0.3);
  });
});

describe('where the model can’t be loaded', () => {
  it('one sentence says so', async () => {
    const attempt = openEmbedder({ ...model, modelPath: '/nowhere.onnx' }, { threads: 1 });
    await expect(attempt).rejects.toMatchObject({
      ...{
        code: 'embedding.unavailable',
        message: expect.stringMatching(/^The embedding model can't be loaded here: /),
      },
    });
  });

  it('the service gets one that says why, and starts all the same', async () => {
    const missing = await provideEmbedder({ embeddingModel: { ...model, modelPath: '/nowhere.onnx' } });
    expect(missing.unavailable).toMatch(/can't be loaded here/);
    await expect(missing.embed(['x'])).rejects.toMatchObject({ code: 'embedding.unavailable' });
    expect((await provideEmbedder({ embeddingModel: undefined })).unavailable).toMatch(/MEMORY=false/);
  });
});
