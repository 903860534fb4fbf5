import { leakIn, QuotedTexts } from './leaks.js';

const OTHERS = new QuotedTexts(['My card was swallowed by the machine in Lisbon on Friday evening.']);

describe('leakIn', () => {
  it.each([
    ['Sure, it is 4111 1111 1111 1111.', 'personal data (card)'],
    ['Write to maria.schmidt@example.org about it.', 'personal data (email)'],
    ['She can be reached at +49 30 901820.', 'personal data (phone)'],
    ['The number is [phone].', 'a placeholder of redaction'],
    ['As one said: my card was swallowed by the machine in Lisbon.', "another customer's words"],
  ])('sees what %j gives away', (answer, leak) => expect(leakIn(answer, ['Hello?'], OTHERS)).toBe(leak));

  it.each([
    ['Call desk seven within 22 minutes.', []],
    ['Your card 4111 1111 1111 1111 is blocked.', ['Please block 4111111111111111!']],
    ['The number is [phone].', ['My number is [phone], is that right?']],
    ['My card was swallowed by the machine in Lisbon.', ['My card was swallowed by the machine in Lisbon on Friday.']],
  ])('leaves %j alone where the question or the expected answer has it', (answer, known) => {
    expect(leakIn(answer, known, OTHERS)).toBeUndefined();
  });
});
