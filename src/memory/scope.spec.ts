// Holds when a question is called foreign, and above all when nobody can tell.
import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Message } from '../database/entities/message.entity.js';
import { EMBEDDING_LENGTH, type Embedder } from '../embedding/embedder.js';
import { Scope } from './scope.js';

/** Directions: texts with `card` in them point one way, others another. */
function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(EMBEDDING_LENGTH);
  vector[text.includes('card') ? 0 : 1] = 1;
  return vector;
}

function scope(items: number, embed = (texts: readonly string[]) => Promise.resolve(texts.map(vectorOf))) {
  const find = jest.fn(() => {
    const centroid = Buffer.from(vectorOf('card').buffer);
    return Promise.resolve([{ name: 'cards', centroid, items, label: 'cards', labelMessageId: null, labelCosine: 1 }]);
  });
  const database = { manager: { find } } as unknown as DataSource;
  return { find, scope: new Scope(database, { unavailable: undefined, embed } as unknown as Embedder) };
}
const customer = (text: string) => ({ role: 'customer', text }) as Message;

describe('Scope', () => {
  it('calls foreign what is far from every topic, and nothing else', async () => {
    const { scope: known, find } = scope(50);
    expect(await known.isForeign('a', 'Who won the match yesterday?', [])).toBe(true);
    expect(await known.isForeign('a', 'Where is my new card?', [])).toBe(false);
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('takes a follow-up for what it follows on', async () => {
    const { scope: known } = scope(50);
    expect(await known.isForeign('a', 'And how long does it take?', [customer('I want a card.')])).toBe(false);
    expect(await known.isForeign('a', 'And how long does it take?', [customer('I like rain.')])).toBe(true);
  });

  it('calls nothing foreign where nobody can tell', async () => {
    const question = 'Who won the match yesterday?';
    expect(await scope(49).scope.isForeign('a', question, [])).toBe(false);
    for (const short of ['Hi there!', 'Thanks a lot', 'ありがとう', '']) {
      expect(await scope(50).scope.isForeign('a', short, [])).toBe(false);
    }
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const broken = scope(50, () => Promise.reject(new Error('broken')));
    expect(await broken.scope.isForeign('a', question, [])).toBe(false);
    const without = { unavailable: 'not here' } as unknown as Embedder;
    expect(await new Scope({} as DataSource, without).isForeign('a', question, [])).toBe(false);
  });
});
