// A correction that greets one customer teaches no names, one that gives away a number is noticed.
import { describe, expect, it } from '@jest/globals';
import { cleanCompletion } from './clean-completion.js';

const clean = (text: string, allowed: string[] = []) => cleanCompletion(text, { allowed });

describe('cleanCompletion', () => {
  it.each([
    ['Dear Mr Smith, your card is on its way.', 'Your card is on its way.'],
    ['Hi Anna, we have sent it.', 'We have sent it.'],
    ['Sehr geehrte Frau Müller, die Karte kommt.', 'Die Karte kommt.'],
    ['Bonjour Mme Lefèvre, c’est fait.', 'C’est fait.'],
    ['Please call desk seven.', 'Please call desk seven.'],
  ])('of %j leaves %j and nothing leaked', (text, left) => expect(clean(text)).toEqual({ text: left, leaked: [] }));

  it('says what the model would have to say', () => {
    expect(clean('Hi Anna, call 030 1234567.')).toEqual({ text: 'Call [phone].', leaked: ['phone'] });
    expect(clean('Ask Mr Smith.')).toEqual({ text: 'Ask Mr [name].', leaked: ['name'] });
    expect(clean('Call 030 1234567.', ['Our phone: 030 1234567'])).toEqual({ text: 'Call 030 1234567.', leaked: [] });
  });
});
