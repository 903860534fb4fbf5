import { describe, expect, it } from '@jest/globals';
import { Watchers } from './watchers.js';

describe('who looks at a conversation', () => {
  const kim = { assistantId: 'a', name: 'Kim' };

  it('counts a person with two tabs once, until the last of them is gone', () => {
    const watchers = new Watchers();
    watchers.enter('c', { ...kim, socketId: '1' });
    expect(watchers.enter('c', { ...kim, socketId: '2' }).people).toEqual(['Kim']);
    expect(watchers.enter('c', { assistantId: 'a', socketId: '3', name: 'Ada' }).people).toEqual(['Ada', 'Kim']);
    expect(watchers.leave('c', '1')?.people).toEqual(['Ada', 'Kim']);
    expect(watchers.leave('c', '2')?.people).toEqual(['Ada']);
  });

  it('knows what a connection looks at, keeps nothing that nobody looks at, and is told nothing by whoever never came', () => {
    const watchers = new Watchers();
    watchers.enter('c', { ...kim, socketId: '1' });
    watchers.enter('d', { ...kim, socketId: '1' });
    expect(watchers.of('1')).toEqual([
      { conversationId: 'c', assistantId: 'a' },
      { conversationId: 'd', assistantId: 'a' },
    ]);
    expect(watchers.leave('c', '9')).toBeUndefined();
    for (const { conversationId } of watchers.of('1')) watchers.leave(conversationId, '1');
    expect(watchers.all()).toEqual([]);
  });
});
