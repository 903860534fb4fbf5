// The formats that the command reads, what each loss makes of them, and how a bad line is told.
import { describe, expect, it } from '@jest/globals';
import { readExamples } from './examples.js';
import { holdOut } from './inputs.js';
import { helpText, parseOptions } from './options.js';
import { lines } from './progress.js';
import { forLoss, trainingItems } from './training-items.js';

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string, more: object = {}) => ({ role: 'assistant', content, ...more });
const read = (values: object[], allTurns = false) =>
  readExamples(values.map((value) => JSON.stringify(value)).join('\n'), { name: 'a.jsonl', allTurns });

describe('readExamples', () => {
  const dialogue = [
    { role: 'developer', content: 'Be brief.' },
    user('Hi'),
    assistant('Hello'),
    user('Card?'),
    assistant('Soon'),
  ];

  it("reads OpenAI's chats: the last assistant turn", () => {
    expect(read([{ messages: dialogue, weight: 0.5 }])).toEqual([
      {
        id: 'a.jsonl:1',
        kind: 'sft',
        weight: 0.5,
        completion: 'Soon',
        prompt: [{ role: 'system', content: 'Be brief.' }, user('Hi'), assistant('Hello'), user('Card?')],
      },
    ]);
  });

  it('reads every assistant turn when asked, but those of weight 0', () => {
    const weighted = [user('a'), assistant('b', { weight: 0 }), user('c'), assistant('d'), user('e'), assistant('f')];
    const found = read([{ messages: weighted }], true);
    expect(found.map(({ id, prompt }) => [id, prompt.length])).toEqual([
      ['a.jsonl:1#3', 3],
      ['a.jsonl:1#5', 5],
    ]);
  });

  it("reads TRL's preferences: text, lists, and whole dialogues", () => {
    const expected = { kind: 'preference', prompt: [user('q')], chosen: 'yes', rejected: 'no', weight: 1 };
    const found = read([
      { prompt: 'q', chosen: 'yes', rejected: 'no' },
      { prompt: [user('q')], chosen: [assistant('yes')], rejected: [assistant('no')] },
      { chosen: [user('q'), assistant('yes')], rejected: [user('q'), assistant('no')] },
    ]);
    found.forEach((example, i) => expect(example).toEqual({ ...expected, id: `a.jsonl:${i + 1}` }));
  });

  it("reads TRL's KTO and prompt/completion lines, and tokens", () => {
    expect(
      read([
        { prompt: 'q', completion: 'a', label: false },
        { prompt: 'q', completion: [assistant('a')] },
        { prompt_tokens: [1, 2], completion_tokens: [3] },
      ]),
    ).toMatchObject([
      { kind: 'binary', desirable: false, completion: 'a' },
      { kind: 'sft', prompt: [user('q')], completion: 'a' },
      { kind: 'sft', prompt: [1, 2], completion: [3] },
    ]);
  });

  it.each<[string, object, string]>([
    ['no known key', { text: 'x' }, 'none of the keys'],
    ['no answer', { messages: [user('a'), user('b')] }, 'no assistant turn'],
    ['a tool', { messages: [user('a'), { role: 'tool', content: 'x' }] }, 'messages.1.role: must be system'],
    ['content that is no text', { messages: [user('a'), { role: 'assistant', content: null }] }, 'messages.1.content'],
    ['an empty answer', { prompt: 'a', completion: ' ' }, 'an answer is empty'],
    ['no prompt', { chosen: 'a', rejected: 'b' }, 'text without a prompt'],
    [
      'different prompts',
      { chosen: [user('a'), assistant('b')], rejected: [user('c'), assistant('d')] },
      'differ before',
    ],
    ['twice the same', { prompt: 'a', chosen: 'b', rejected: 'b' }, 'the same answer'],
    ['an answer by the user', { prompt: 'a', completion: [user('b')] }, "must be the assistant's"],
    ['a weight of 0', { prompt: 'a', completion: 'b', weight: 0 }, 'weight'],
    ['a list', [], 'not a JSON object'],
  ])('names the line with %s', (_, value, why) => {
    expect(() => read([{ prompt: 'a', completion: 'b' }, value])).toThrow(/^a\.jsonl has bad lines.*\n {2}line 2: /);
    expect(() => read([value])).toThrow(why);
  });

  it('counts what it does not show, and refuses an empty file', () => {
    expect(() => read(Array.from({ length: 15 }, () => ({})))).toThrow('and 5 more');
    expect(() => readExamples('\n', { name: 'a.jsonl', allTurns: false })).toThrow('a.jsonl holds no examples.');
  });
});

describe('forLoss', () => {
  const [pair, good, bad, chat] = read([
    { prompt: 'q', chosen: 'yes', rejected: 'no' },
    { prompt: 'q', completion: 'a', label: true },
    { prompt: 'q', completion: 'a', label: false },
    { prompt: 'q', completion: 'a' },
  ]) as [never, never, never, never];

  it('makes of each what the loss learns from', () => {
    expect(forLoss([pair, good, chat], 'sft').map(({ kind }) => kind)).toEqual(['sft', 'sft', 'sft']);
    expect(forLoss([pair, bad], 'kto')).toMatchObject([
      { desirable: true },
      { desirable: false },
      { desirable: false },
    ]);
    expect(forLoss([pair], 'dpo')).toEqual([pair]);
    expect(forLoss([pair, good, bad, chat], 'mixed')).toHaveLength(4);
  });

  it('refuses what it cannot learn from', () => {
    expect(() => forLoss([bad], 'sft')).toThrow('a.jsonl:3 is an answer found bad');
    expect(() => forLoss([chat], 'dpo')).toThrow('not a pair');
    expect(() => forLoss([chat], 'kto')).toThrow('no label');
  });

  it('tokenises each part once', () => {
    const tokens = { promptTokens: () => [1, 2], completionTokens: (text: string) => [text.length, 0] };
    expect(trainingItems([pair, bad], tokens)).toMatchObject([
      { kind: 'preference', promptTokens: [1, 2], chosenTokens: [3, 0], rejectedTokens: [2, 0] },
      { kind: 'binary', completionTokens: [1, 0], desirable: false },
    ]);
  });
});

describe('the command line', () => {
  it('has defaults, sizes, and a held-out file or share', () => {
    const needed = ['--data', 'a', '--out', 'b'];
    expect(parseOptions(needed)).toMatchObject({ loss: 'sft', rank: 8, seed: 0, format: 'gguf', backend: 'auto' });
    expect(parseOptions([...needed, '--max-memory', '1.5GB', '--heldout', '0.1'])).toMatchObject({
      'max-memory': 1.5e9,
      heldout: { share: 0.1 },
    });
    expect(parseOptions([...needed, '--heldout', 'h.jsonl'])).toMatchObject({ heldout: { path: 'h.jsonl' } });
    expect(parseOptions(['--help'])).toBe('help');
    expect(helpText()).toMatch(/--lr rate .*\(default: 0\.002\)/);
  });

  it.each([
    [['--data', 'a'], '--out: is needed'],
    [['--data', 'a', '--out', 'b', '--rank', '0'], '--rank'],
    [['--data', 'a', '--out', 'b', '--loss', 'ppo'], '--loss'],
    [['--data', 'a', '--out', 'b', '--heldout', '1.5'], 'a share must lie between'],
    [['--data', 'a', '--out', 'b', '--max-memory', 'much'], '--max-memory: must be a size'],
    [['--date', 'a'], "Unknown option '--date'"],
  ])('refuses %j', (args, why) => {
    expect(() => parseOptions(args)).toThrow(why);
  });

  it('holds out the same share for the same seed', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const [training, heldOut] = holdOut(items, 0.1, 1);
    expect([training.length, heldOut.length]).toEqual([45, 5]);
    expect(holdOut(items, 0.1, 1)[1]).toEqual(heldOut);
    expect(holdOut(items, 0.1, 2)[1]).not.toEqual(heldOut);
  });

  it('writes a line every ten seconds where there is no terminal', () => {
    const written: string[] = [];
    let ms = 0;
    const progress = lines(
      (line) => written.push(line),
      () => ms,
    );
    const report = {
      steps: 9,
      loss: 1.5,
      learningRate: 1,
      gradientNorm: 1,
      tokens: 9,
      tokensPerSecond: 250,
      skippedSteps: 0,
    };
    for (let step = 1; step <= 9; step++, ms += 3000) progress.step({ ...report, step, secondsLeft: 3 * (9 - step) });
    expect(written).toHaveLength(3);
    [1, 5, 9].forEach((step, i) => expect(written[i]).toMatch(`step ${step}/9 | loss 1.500 | 250 tokens/s`));
  });
});
