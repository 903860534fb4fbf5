// What counts as the same question: exact nearest neighbours, and follow-ups only where they follow on the same.
import { describe, expect, it } from '@jest/globals';
import { EMBEDDING_LENGTH, type Embedder } from '../embedding/embedder.js';
import { askedOf, embedAsked, questionKeyOf } from './asked.js';
import { likeness, nearest } from './nearest.js';

/** A vector of length 1 at an angle to the first axis. */
function at(cosine: number): Float32Array {
  const vector = new Float32Array(EMBEDDING_LENGTH);
  vector[0] = cosine;
  vector[1] = Math.sqrt(1 - cosine * cosine);
  return vector;
}
const entry = (cosine: number, context?: number) => ({
  question: at(cosine),
  context: context === undefined ? undefined : at(context),
});
const asked = (context?: number) => entry(1, context);

describe('likeness', () => {
  it('of a first question is the cosine, also when it is asked later in a conversation', () => {
    expect(likeness(asked(), entry(0.8))).toBeCloseTo(0.8, 5);
    expect(likeness(asked(1), entry(0.8))).toBeCloseTo(0.8, 5);
  });

  it('of a follow-up is no more than that of what it follows on', () => {
    expect(likeness(asked(1), entry(1, 0.5))).toBeCloseTo(0.5, 5);
    expect(likeness(asked(1), entry(0.7, 0.9))).toBeCloseTo(0.7, 5);
    expect(likeness(asked(), entry(1, 0.5))).toBe(0);
  });
});

describe('nearest', () => {
  it('gives the best, best first, above the minimum', () => {
    const entries = [0.5, 0.9, 0.7, 0.95, 0.8].map((cosine) => entry(cosine));
    const scores = (count: number) =>
      nearest(asked(), entries, { min: 0.6, count }).map(({ score }) => score.toFixed(2));
    expect(scores(3)).toEqual(['0.95', '0.90', '0.80']);
    expect(scores(10)).toEqual(['0.95', '0.90', '0.80', '0.70']);
    expect(nearest(asked(), [], { min: 0, count: 1 })).toEqual([]);
  });
});

describe('what was asked', () => {
  const before = ['a', 'b', 'c', 'd'].flatMap((text) => [
    { role: 'customer' as const, text },
    { role: 'assistant' as const, text: text.toUpperCase() },
  ]);

  it('is the question and the three questions before it, newest first', () => {
    expect(askedOf('And now?', before)).toEqual({ question: 'And now?', earlier: ['d', 'c', 'b'] });
    expect(askedOf('Hi', [])).toEqual({ question: 'Hi', earlier: [] });
  });

  it('is embedded alone, and with what was before it when there is something', async () => {
    const texts: string[][] = [];
    const embed = (given: string[]) => {
      texts.push(given);
      return Promise.resolve(given.map(() => at(1)));
    };
    const embedder = { embed } as unknown as Embedder;
    expect((await embedAsked(embedder, askedOf('Hi', []))).context).toBeUndefined();
    expect((await embedAsked(embedder, askedOf('And?', before))).context).toBeDefined();
    expect(texts).toEqual([['Hi'], ['And?', 'And?\nd\nc\nb']]);
  });

  it('is the same whatever its case and white space, but not after another question', () => {
    const key = (question: string, earlier: string[] = []) => questionKeyOf({ question, earlier });
    expect(key(' How  much?')).toBe(key('how much?'));
    expect(key('How much?', ['Loans?'])).not.toBe(key('How much?', ['Cards?']));
    expect(key('How much?', ['Loans?'])).not.toBe(key('How much?'));
  });
});
