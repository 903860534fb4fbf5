// Holds the order and the alternation of turns, on which both serving and training rely.
import { describe, expect, it } from '@jest/globals';
import { buildTurns, type EarlierMessage } from './prompt.js';

const prompt = { instructions: 'Be brief.', fewShot: [{ question: 'Hours?', answer: '9 to 5.' }] };
const customer = (text: string): EarlierMessage => ({ role: 'customer', text, status: 'complete' });
const assistant = (text: string, status: EarlierMessage['status'] = 'complete'): EarlierMessage => ({
  role: 'assistant',
  text,
  status,
});
const withoutShots = { ...prompt, fewShot: [] };
const contents = (earlier: EarlierMessage[]) =>
  buildTurns(withoutShots, earlier, 'Q').map(({ role, content }) => `${role}: ${content}`);

describe('buildTurns', () => {
  it('shows instructions, worked examples, the conversation and the question in this order', () => {
    expect(buildTurns(prompt, [customer('Hi'), assistant('Hello!')], 'Fees?')).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hours?' },
      { role: 'assistant', content: '9 to 5.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello!' },
      { role: 'user', content: 'Fees?' },
    ]);
  });

  it('leaves out questions without an answer and answers that failed or are not finished', () => {
    const earlier = [customer('a'), assistant('', 'failed'), customer('b'), assistant('B'), customer('c')];
    expect(contents(earlier)).toEqual(['system: Be brief.', 'user: b', 'assistant: B', 'user: Q']);
    expect(contents([customer('a'), assistant('A…', 'writing')])).toEqual(['system: Be brief.', 'user: Q']);
  });

  it('keeps an answer that the customer stopped, and joins an agent’s answer to it', () => {
    const agent: EarlierMessage = { role: 'agent', text: 'An agent here.', status: 'complete' };
    expect(contents([customer('a'), assistant('Half', 'stopped'), agent])).toEqual([
      'system: Be brief.',
      'user: a',
      'assistant: Half\n\nAn agent here.',
      'user: Q',
    ]);
  });

  it('never begins with an answer, and has no system turn without instructions', () => {
    expect(contents([assistant('Welcome')])).toEqual(['system: Be brief.', 'user: Q']);
    expect(buildTurns({ instructions: '', fewShot: [] }, [], 'Q')).toEqual([{ role: 'user', content: 'Q' }]);
  });
});
