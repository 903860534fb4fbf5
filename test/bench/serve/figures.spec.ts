// The benchmark's arithmetic by hand: what is summed, what is divided by what, which bars count.
import { describe, expect, it } from '@jest/globals';
import { figuresOf, missedBars, speedRatio, trainingEffect, worstEffect, type Measurement } from './figures.js';
import { dealer, exchangesOf, sharedTokens, type ContestantName, type ServePrompt, type WaveResult } from './wave.js';

const prompt = (...tokens: number[]): ServePrompt => ({
  ...{ earlier: [], turns: [], question: String(tokens), tokens },
});
const wave = (seconds: number, ...answers: [firstTokenMs: number, totalMs: number, tokens: number][]): WaveResult => ({
  seconds,
  answers: answers.map(([firstTokenMs, totalMs, tokens]) => ({ firstTokenMs, totalMs, tokens })),
});
const measured = (round: number, contestant: ContestantName, chats: number, tokens: number): Measurement => {
  return { round, contestant, chats, result: wave(1, [100, 1000, tokens]) };
};

describe('figures', () => {
  it('adds up all chats, and shows a chat its own speed after the first token', () => {
    const figures = figuresOf([wave(2, [100, 1100, 11], [300, 2300, 11]), wave(2, [200, 1200, 21])]);
    expect(figures.tokensPerSecond).toBe((11 + 10.5) / 2);
    expect(figures.chatTokensPerSecond).toBe(10);
    expect([figures.ttftP50Ms, figures.ttftP99Ms]).toEqual([200, 300]);
  });

  it('leaves answers of one token out of the decode speed', () => {
    expect(figuresOf([wave(1, [100, 100, 1], [100, 200, 2])]).chatTokensPerSecond).toBe(10);
  });

  it('compares within a round, with the same number of chats', () => {
    const all = [
      ...[measured(1, 'retune', 8, 10), measured(1, 'vllm', 8, 5)],
      ...[measured(2, 'vllm', 8, 10), measured(2, 'retune', 8, 30)],
      ...[measured(1, 'retune', 1, 999), measured(3, 'retune', 8, 999)],
    ];
    expect(speedRatio(all, 'vllm', 8)).toBe(2.5);
    expect(speedRatio(all, 'llama.cpp', 8)).toBeNaN();
  });
});

describe('training meanwhile', () => {
  it('counts the worst number of chats', () => {
    const idle = [wave(1, [100, 1100, 101])];
    const effects = [trainingEffect(1, idle, [wave(1, [120, 1120, 91])]), trainingEffect(8, idle, idle)];
    expect(worstEffect(effects)).toEqual({ duringTrainingRatio: 0.9, duringTrainingTtftRatio: 1.2 });
  });
});

describe('the bars', () => {
  const good = {
    ...{ oneChatRatio: 0.95, eightChatsRatioVllm: 1.8, gatewayAddsMs: 10 },
    ...{ duringTrainingRatio: 0.8, duringTrainingTtftRatio: 1.5 },
  };

  it('are cleared at the limit, and not held against what was not measured', () => {
    expect(missedBars(good)).toEqual([]);
    expect(missedBars({ ...good, eightChatsRatioVllm: null })).toEqual([]);
  });

  it('are named when missed', () => {
    const bad = { oneChatRatio: 0.94, eightChatsRatioVllm: 1.79, gatewayAddsMs: 10.1 };
    const missed = missedBars({ ...bad, duringTrainingRatio: 0.79, duringTrainingTtftRatio: 1.51 });
    expect(missed).toHaveLength(5);
    expect(missed[0]).toBe('oneChatRatio is 0.94, and should be at least 0.95.');
  });
});

describe('prompts', () => {
  it('are dealt out in order, and again when there are no more', () => {
    const deal = dealer([prompt(1), prompt(2), prompt(3)]);
    expect(
      deal(2, 1)
        .flat()
        .map(({ question }) => question),
    ).toEqual(['1', '2']);
    expect(deal(1, 2)[0]?.map(({ question }) => question)).toEqual(['3', '1']);
    expect(() => dealer([])).toThrow('no prompts');
  });

  it('know what they begin with together', () => {
    expect(sharedTokens([prompt(1, 2, 3), prompt(1, 2, 4), prompt(1, 2, 3, 5)])).toBe(2);
    expect(sharedTokens([prompt(1, 2)])).toBe(2);
  });

  it('are a dialogue without its own instructions', () => {
    const turns = ['You help.', 'Hi', ' Hello ', 'Bye?'].map((content, i) => {
      return { role: i === 0 ? ('system' as const) : i % 2 ? ('user' as const) : ('assistant' as const), content };
    });
    expect(exchangesOf(turns)).toEqual({ earlier: [{ question: 'Hi', answer: 'Hello' }], question: 'Bye?' });
  });
});
