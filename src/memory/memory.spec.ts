// What the memory gives for a question, and that nothing in it can hold an answer up.
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { Runtime } from '../config/runtime.js';
import { EMBEDDING_LENGTH, type Embedder } from '../embedding/embedder.js';
import { Memory, NOTHING, recallOf } from './memory.js';
import { ENTRIES_MAX, indexed, MemoryIndex, toBytes, type IndexedEntry } from './memory-index.js';
import { FEW_SHOT_MIN, VERBATIM_MIN } from './thresholds.js';

const vector = () => new Float32Array(EMBEDDING_LENGTH).fill(1 / Math.sqrt(EMBEDDING_LENGTH));
const entry = (id: string, createdAtMs = 0, assistantId = 'a'): IndexedEntry => ({
  ...{ id, assistantId, createdAtMs, question: vector(), context: undefined },
  text: { question: `${id}?`, answer: `${id}!` },
});
const scored = (id: string, score: number) => ({ entry: entry(id), score });

describe('a recall', () => {
  it('is the answer as it stands from the upper threshold on', () => {
    expect(recallOf([scored('x', VERBATIM_MIN), scored('y', 0.9)])).toEqual({
      ...{ verbatim: 'x!', shots: [], hits: [{ entryId: 'x', score: VERBATIM_MIN, use: 'verbatim' }] },
    });
  });

  it('is worked examples below it, the most alike next to the question', () => {
    const recall = recallOf([scored('x', VERBATIM_MIN - 0.001), scored('y', FEW_SHOT_MIN)]);
    expect(recall.verbatim).toBeUndefined();
    expect(recall.shots.map(({ question }) => question)).toEqual(['y?', 'x?']);
    expect(recall.hits.map(({ entryId, use }) => `${entryId} ${use}`)).toEqual(['x few-shot', 'y few-shot']);
    expect(recallOf([])).toBe(NOTHING);
  });

  const memory = (embed: () => Promise<Float32Array[]>, index: MemoryIndex, MEMORY = true) =>
    new Memory(
      index,
      { embed } as unknown as Embedder,
      {} as DataSource,
      { environment: { MEMORY } } as unknown as Runtime,
    );
  const filled = () => {
    const index = new MemoryIndex();
    index.set(entry('x'));
    return index;
  };

  it('is of the assistant’s own entries', async () => {
    const { recall } = bound(memory(() => Promise.resolve([vector()]), filled()));
    expect((await recall('a', 'x?', [])).verbatim).toBe('x!');
    expect(await recall('b', 'x?', [])).toBe(NOTHING);
  });

  it('is nothing when the memory is off, the embedder fails, or takes too long', async () => {
    const off = bound(memory(() => Promise.resolve([vector()]), filled(), false));
    const broken = bound(memory(() => Promise.reject(new Error('broken')), filled()));
    const hanging = bound(memory(() => new Promise(() => undefined), filled()));
    for (const { recall } of [off, broken, hanging]) expect(await recall('a', 'x?', [])).toBe(NOTHING);
  });
});

const bound = (memory: Memory) => ({ recall: memory.recall.bind(memory) });

describe('the index', () => {
  it('drops the oldest entry over its bound', () => {
    const index = new MemoryIndex();
    const shared = entry('');
    for (let i = 0; i < ENTRIES_MAX; i++) index.set({ ...shared, id: `${i}`, createdAtMs: i === 7 ? -1 : i });
    index.set(entry('new', ENTRIES_MAX));
    expect([index.has('7'), index.has('0'), index.has('new'), index.ids().length]).toEqual([
      false,
      true,
      true,
      ENTRIES_MAX,
    ]);
    index.remove('new');
    expect(index.of('a').size).toBe(ENTRIES_MAX - 1);
  });

  it('reads vectors back from the table’s bytes', () => {
    const made = indexed({
      ...{ id: 'x', assistantId: 'a', question: 'x?', answer: 'x!', createdAt: new Date(5) },
      // At an odd offset, as a driver may give it.
      ...{ embedding: Buffer.concat([Buffer.alloc(1), toBytes(vector())]).subarray(1), contextEmbedding: null },
    } as Parameters<typeof indexed>[0]);
    expect(made).toEqual(entry('x', 5));
  });
});
