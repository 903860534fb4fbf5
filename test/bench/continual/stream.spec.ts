// The stream's promises: seeded, nothing held out is ever asked, every intent has a fact of its own; and the feedback's: as often
// wrong as it says, and shuffled answers that teach nothing true.
import { normaliseAnswer } from '../../../src/inference/same-answer.js';
import { collectFeedback, CORRECTED, shuffleAnswers, WRONG_RATINGS } from './feedback.js';
import { FACTS_MAX, inventFacts } from './facts.js';
import type { Domain } from './questions.js';
import { makeStream, type StreamShape } from './stream.js';

const questions = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix} number ${i}?`);
const domains: Domain[] = ['bank one', 'clinc one', 'bank two', 'clinc two', 'clinc three'].map((name) => ({
  name,
  intents: ['a', 'b', 'c'].map((letter) => ({
    intent: `${name} ${letter}`,
    asked: questions(`Asked ${name} ${letter}`, 200),
    heldOut: questions(`Held out ${name} ${letter}`, 5),
  })),
}));
const shape: StreamShape = { tasks: 4, intentsPerTask: 3, askedPerIntent: 200, heldOutPerIntent: 5 };
const stream = makeStream(domains, shape, 1);
const nothingRemembered = () => undefined;
const taught = collectFeedback(stream, nothingRemembered, 1);

describe('the stream', () => {
  it('depends on the seed alone', () => {
    expect(makeStream(domains, shape, 1)).toEqual(stream);
    expect(makeStream(domains, shape, 2)).not.toEqual(stream);
    expect(collectFeedback(stream, nothingRemembered, 1)).toEqual(taught);
  });

  it('never asks what is held out', () => {
    const heldOut = new Set(stream.flatMap((task) => task.heldOut.map(({ text }) => normaliseAnswer(text))));
    expect(heldOut.size).toBe(4 * 3 * 5);
    expect(taught.filter(({ question }) => heldOut.has(normaliseAnswer(question.text)))).toEqual([]);
  });

  it('goes from one set of questions to the other, with a fact of its own for every intent', () => {
    expect(stream.map(({ name }) => name.split(' ')[0])).toEqual(['bank', 'clinc', 'bank', 'clinc']);
    const facts = new Map(stream.flatMap(({ asked }) => asked.map(({ intent, fact }) => [intent, fact])));
    expect(new Set(facts.values()).size).toBe(12);
    expect(new Set(inventFacts(FACTS_MAX, 0)).size).toBe(FACTS_MAX);
    expect(() => inventFacts(FACTS_MAX + 1, 0)).toThrow(RangeError);
  });
});

describe('the feedback', () => {
  it('corrects the share of the bad answers that it says, and is wrong about as often as it says', () => {
    const corrected = taught.filter(({ sourceCorrectionId }) => sourceCorrectionId !== null);
    expect(corrected.length / (12 * 200)).toBeCloseTo(CORRECTED, 1);
    expect(corrected.every(({ completion, question }) => completion === question.fact)).toBe(true);
    // Every answer that was shown is bad, so an uncorrected thumb up is a wrong rating.
    const thumbs = taught.filter(({ sourceCorrectionId }) => sourceCorrectionId === null);
    const wrong = thumbs.filter(({ kind }) => kind === 'sft').length / thumbs.length;
    expect(Math.abs(wrong - WRONG_RATINGS)).toBeLessThan(0.03);
  });

  it('takes what the memory answers as shown: liked, it is an example of its own', () => {
    const perfect = collectFeedback(stream, (_, { fact }) => fact, 1);
    expect(perfect.every(({ sourceCorrectionId }) => sourceCorrectionId === null)).toBe(true);
    const liked = perfect.filter(({ kind }) => kind === 'sft');
    expect(liked.length / perfect.length).toBeGreaterThan(0.85);
  });

  it('shuffled: the same answers, none of them with a question of its own intent', () => {
    const shuffled = shuffleAnswers(taught, 1);
    const answers = (of: typeof taught) => of.map(({ completion }) => completion).sort();
    expect(answers(shuffled)).toEqual(answers(taught));
    expect(shuffled.filter(({ completion, question }) => completion === question.fact)).toEqual([]);
  });
});
