// Whether a version knows an answer by itself, asked without holding up a chat.
import { describe, expect, it } from '@jest/globals';
import type { Engine, GenerateEvent, GenerateRequest } from '../inference/engine.js';
import { answersAlone } from './answers-alone.js';

const request = { turns: [], maxTokens: 8, temperature: 0 };
const never = new AbortController().signal;

/** Writes the pieces, then says how it ended; `busySlots` is what the engine is at meanwhile. */
function engine(pieces: string[], busySlots = 1, written: string[] = []): Engine {
  return {
    state: () => ({ busySlots, queued: 0 }),
    async *generate({ signal }: GenerateRequest): AsyncGenerator<GenerateEvent> {
      for (const text of pieces) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        const finishReason = signal?.aborted ? 'stopped' : 'stop';
        if (signal?.aborted) {
          yield { kind: 'done', result: { text: '', finishReason, promptTokens: 0, completionTokens: 0 } };
          return;
        }
        written.push(text);
        yield { kind: 'delta', text };
      }
      const result = { text: pieces.join(''), finishReason: 'stop', promptTokens: 0, completionTokens: 0 } as const;
      yield { kind: 'done', result };
    },
  } as unknown as Engine;
}

describe('answersAlone', () => {
  it('compares as the gate does', async () => {
    expect(await answersAlone(engine(['Call ', 'Desk  seven.']), request, 'call desk seven.', never)).toBe(true);
    expect(await answersAlone(engine(['Call ']), request, 'call desk seven.', never)).toBe(false);
  });

  it('stops at the first word that differs', async () => {
    const written: string[] = [];
    expect(await answersAlone(engine(['No, ', 'never'], 1, written), request, 'Call us.', never)).toBe(false);
    expect(written).toEqual(['No, ']);
  });

  it('gives up when a chat is being answered, or the service stops', async () => {
    const pieces = ['Call ', 'desk ', 'seven.'];
    expect(await answersAlone(engine(pieces, 2), request, pieces.join(''), never)).toBeUndefined();
    expect(await answersAlone(engine(pieces), request, pieces.join(''), AbortSignal.abort())).toBeUndefined();
  });
});
