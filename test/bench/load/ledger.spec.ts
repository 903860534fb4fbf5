// The audit finds what it is there for: every way of losing or doubling a message, and nothing where all is well.
import { describe, expect, it } from '@jest/globals';
import { audit, type ConversationLedger, type StoredMessage } from './ledger.js';

const question: StoredMessage = {
  ...{ id: 'q', conversationId: 'c', seq: 1, role: 'customer', text: 'Hi?', status: 'complete' },
  ...{ clientMessageId: 'own', replyToId: null },
};
const answer: StoredMessage = {
  ...{ id: 'a', conversationId: 'c', seq: 2, role: 'assistant', text: 'Yes.', status: 'complete' },
  ...{ clientMessageId: null, replyToId: 'q' },
};
const ack = { messageId: 'q', seq: 1 };
const ledger = (changes: Partial<ConversationLedger> = {}): ConversationLedger => ({
  conversationId: 'c',
  sent: [{ clientMessageId: 'own', text: 'Hi?', acks: [ack, ack] }],
  heard: new Map([[2, { messageId: 'a', text: 'Yes.' }]]),
  ...changes,
});
const counts = (ledgers: ConversationLedger[], rows: StoredMessage[]) => {
  const { lost, doubled, failedAnswers } = audit(ledgers, rows);
  return { lost, doubled, failedAnswers };
};
const nothing = { lost: 0, doubled: 0, failedAnswers: 0 };

describe('the audit', () => {
  it('finds nothing where each acknowledged message is kept once and its answer was heard', () => {
    expect(audit([ledger()], [question, answer])).toMatchObject({ ...nothing, acknowledged: 1, problems: [] });
  });

  it('does not demand what was never acknowledged, kept or not', () => {
    const unsure = ledger({ sent: [{ clientMessageId: 'own', text: 'Hi?', acks: [] }] });
    expect(counts([unsure], [])).toEqual(nothing);
    expect(counts([unsure], [question, answer])).toEqual(nothing);
  });

  it.each<[string, ConversationLedger, StoredMessage[]]>([
    ['is not kept', ledger(), []],
    ['is kept with another text', ledger(), [{ ...question, text: 'Hi' }, answer]],
    ['is kept at another place', ledger(), [{ ...question, seq: 3 }, answer]],
    ['is not answered', ledger(), [question]],
    ['is being answered for ever', ledger(), [question, { ...answer, status: 'writing' }]],
    ['was answered, but nobody heard it', ledger({ heard: new Map() }), [question, answer]],
    ['was answered by other words', ledger(), [question, { ...answer, text: 'No.' }]],
  ])('counts a message as lost that %s', (_, known, rows) => {
    expect(counts([known], rows)).toEqual({ ...nothing, lost: 1 });
  });

  it.each<[string, ConversationLedger, StoredMessage[]]>([
    ['under an id that nobody sent', ledger(), [question, answer, { ...question, id: 'q2', clientMessageId: 'other' }]],
    ['under the same id', ledger(), [question, answer, { ...question, id: 'q2', seq: 3 }]],
    ['by two answers', ledger(), [question, answer, { ...answer, id: 'a2', seq: 3 }]],
    [
      'by two acknowledgements',
      ledger({ sent: [{ clientMessageId: 'own', text: 'Hi?', acks: [ack, { messageId: 'q', seq: 3 }] }] }),
      [question, answer],
    ],
  ])('counts a message as doubled %s', (_, known, rows) => {
    expect(counts([known], rows)).toEqual({ ...nothing, doubled: 1 });
  });

  it('counts an answer that failed by itself', () => {
    expect(counts([ledger()], [question, { ...answer, status: 'failed' }])).toEqual({ ...nothing, failedAnswers: 1 });
  });
});
