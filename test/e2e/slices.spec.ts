// Slices of real questions, with the real encoder on a real Postgres: they fit what people call the topics, stay as they are, take
// tags, and forget the words of erased customers.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { migrations } from '../../migrations/all.js';
import { Example } from '../../src/database/entities/example.entity.js';
import { Slice } from '../../src/database/entities/slice.entity.js';
import { openDatabase } from '../../src/database/open-database.js';
import { openEmbedder, type Embedder } from '../../src/embedding/embedder.js';
import { UnavailableEmbedder } from '../../src/embedding/unavailable-embedder.js';
import { forgetWords, Slices } from '../../src/feedback/slices.js';
import { seededRandom, shuffled } from '../../src/lora/random.js';
import { readEmbeddingModel } from '../../src/setup/embedding-model.js';
import { cacheFolder } from '../../src/setup/paths.js';
import { addAssistant, addExample } from '../support/examples.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

const model = readEmbeddingModel(cacheFolder());
const quiet = { log: () => undefined, warn: () => undefined };
const csv = readFileSync(join('test', 'fixtures', 'banking77-sample.csv'));
const rows = z.array(z.object({ text: z.string(), category: z.string() })).parse(parse(csv, { columns: true }));
const questions = shuffled(rows, seededRandom(0));
let postgres: TestPostgres;
let database: DataSource;
let embedder: Embedder;
let assistantId: string;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await openDatabase({ url: postgres.url, migrations, logger: quiet });
  embedder = model ? await openEmbedder(model, { threads: 1 }) : new UnavailableEmbedder('It was left out.');
}, 120_000);
afterAll(async () => {
  await embedder?.close();
  await database?.destroy();
  await postgres?.remove();
});
beforeEach(async () => void (assistantId = await addAssistant(database)));

const place = (question: string, { tag, messageId = randomUUID() }: { tag?: string; messageId?: string } = {}) =>
  database.transaction((manager) => new Slices(embedder).place(manager, { assistantId, question, messageId, tag }));

// Without the encoder (set-up with MEMORY=false) there are no slices to find.
(model ? describe : describe.skip)('Slices', () => {
  it('fit what people call the topics: 5 intents of Banking77, in any prefix', async () => {
    const slices: string[] = [];
    for (const { text } of questions) slices.push(await place(text));
    const { purity, nmi } = agreement(
      slices,
      questions.map(({ category }) => category),
    );
    expect(purity).toBeGreaterThan(0.85);
    expect(nmi).toBeGreaterThan(0.7);

    assistantId = await addAssistant(database);
    for (const [i, { text }] of questions.slice(0, 20).entries()) expect(await place(text)).toBe(slices[i]);
  });

  it('take a tag as it is, and untagged questions like it join', async () => {
    expect(await place('Where is my new card?', { tag: 'card_arrival' })).toBe('card_arrival');
    expect(await place('Where is my new card now?')).toBe('card_arrival');
    expect(await place('What is the exchange rate of the euro?')).toBe('topic-1');
    expect(await place('Where is my new card?', { tag: 'late cards' })).toBe('late cards');
    const slice = await database.manager.findOneBy(Slice, { assistantId, name: 'card_arrival' });
    expect(slice).toMatchObject({ items: 2, label: 'card_arrival' });
    const found = await database.manager.findOneBy(Slice, { assistantId, name: 'topic-1' });
    expect(found).toMatchObject({ items: 1, label: 'exchange rate euro' });
  });

  it('forget the words of erased messages, and go with their last example', async () => {
    const [messageId, other] = [randomUUID(), randomUUID()];
    const [first, second] = [
      await place('Is Zoë in?', { messageId }),
      await place('My top up failed', { messageId: other }),
    ];
    await addExample(database, assistantId, 'Somebody else: is she in?', { slice: first });
    const gone = await addExample(database, assistantId, 'My top up failed', { slice: second });
    await database.manager.delete(Example, gone);
    await database.transaction((manager) => forgetWords(manager, [messageId]));
    const left = await database.manager.findBy(Slice, { assistantId });
    expect(left.map(({ name, label }) => [name, label])).toEqual([[first, first]]);
  });
});

describe('Slices without an encoder', () => {
  it('are the tags, and one for all the rest', async () => {
    const without = new Slices(new UnavailableEmbedder('It was left out.'));
    const unplaced = { assistantId, question: 'Where is it?', messageId: randomUUID() };
    expect(await without.place(database.manager, { ...unplaced, tag: 'cards' })).toBe('cards');
    expect(await without.place(database.manager, { ...unplaced, tag: undefined })).toBe('untagged');
  });
});

/** How well two partitions agree: purity of the first, and mutual information ÷ mean entropy (Strehl & Ghosh 2002). */
function agreement(a: readonly string[], b: readonly string[]): { purity: number; nmi: number } {
  const count = (keys: readonly string[]) =>
    keys.reduce((counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1), new Map<string, number>());
  const entropy = (counts: Map<string, number>) =>
    -[...counts.values()].reduce((sum, n) => sum + (n / a.length) * Math.log(n / a.length), 0);
  const [as, bs, both] = [count(a), count(b), count(a.map((name, i) => `${name}|${b[i]}`))];
  const mutual = entropy(as) + entropy(bs) - entropy(both);
  const largest = [...as.keys()].map((name) =>
    Math.max(...[...both].filter(([key]) => key.startsWith(`${name}|`)).map(([, n]) => n)),
  );
  return {
    purity: largest.reduce((sum, n) => sum + n, 0) / a.length,
    nmi: mutual / ((entropy(as) + entropy(bs)) / 2),
  };
}
