// Holds what counts as proof that the new version answers.
import { describe, expect, it } from '@jest/globals';
import type { AdapterFile, Engine, GenerateEvent } from '../inference/engine.js';
import { judgeProbe, runProbe } from './probe.js';

const probe = { prompt: [], answer: 'The card costs 5 euros.', parentAnswer: 'The card is free.' };

describe('judgeProbe', () => {
  it.each([
    ['The card', false, 'open'],
    ['The card c', false, 'proven'],
    ['The card i', false, 'refuted'],
    ['The card w', false, 'refuted'],
    ['Hello', false, 'refuted'],
    ['The card costs 6 euros.', true, 'proven'],
    ['The card is free.', true, 'refuted'],
    ['The card', true, 'refuted'],
    ['', true, 'refuted'],
  ] as const)('%j (complete: %j) is %s', (text, done, verdict) => {
    expect(judgeProbe(text, probe, done)).toBe(verdict);
  });

  it('knows answers of which one begins like the other', () => {
    const longer = { prompt: [], answer: 'Yes.', parentAnswer: 'Yes. Or no.' };
    expect(judgeProbe('Yes.', longer, false)).toBe('open');
    expect(judgeProbe('Yes.', longer, true)).toBe('proven');
    expect(judgeProbe('Yes. O', longer, false)).toBe('refuted');
    const shorter = { prompt: [], answer: 'Yes. Or no.', parentAnswer: 'Yes.' };
    expect(judgeProbe('Yes. O', shorter, false)).toBe('proven');
    expect(judgeProbe('Yes.', shorter, true)).toBe('refuted');
  });

  it('can prove nothing when both versions say the same', () => {
    expect(judgeProbe('Same.', { prompt: [], answer: 'Same.', parentAnswer: 'Same.' }, true)).toBe('refuted');
  });
});

describe('runProbe', () => {
  const adapter: AdapterFile = { assistantId: 'a', version: 3, path: '', sha256: '' };
  const engineThatSays = (...texts: string[]) => {
    let asked = 0;
    async function* generate(): AsyncGenerator<GenerateEvent> {
      for (const text of texts) {
        asked++;
        yield await Promise.resolve({ kind: 'delta', text } as const);
      }
      const result = { text: texts.join(''), finishReason: 'stop', promptTokens: 1, completionTokens: 1 } as const;
      yield { kind: 'done', result };
    }
    return { engine: { generate } as unknown as Engine, asked: () => asked };
  };

  it('stops asking as soon as it is proven', async () => {
    const { engine, asked } = engineThatSays('The', ' card', ' costs', ' 5', ' euros.');
    await runProbe(engine, adapter, probe);
    expect(asked()).toBe(3);
  });

  it('fails when the parent answers', async () => {
    const { engine } = engineThatSays('The', ' card', ' is', ' free.');
    await expect(runProbe(engine, adapter, probe)).rejects.toMatchObject({ code: 'adapters.probe_failed' });
  });
});
