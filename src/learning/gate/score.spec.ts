import { isRight, scoreOf } from './score.js';

const LONG = 'Please open the app, choose Cards, and press the red button; we then block the card within 22 minutes.';

describe('scoreOf', () => {
  it('wants a short answer word for word, whatever its case and white space', () => {
    expect(scoreOf('call  desk SEVEN.', 'Call desk seven.')).toBe(1);
    expect(scoreOf('Call desk seven now.', 'Call desk seven.')).toBe(0);
  });

  it('grades a long answer by its words', () => {
    const reworded =
      'Please open the app, choose Cards and press the red button: then we block the card within 22 minutes.';
    expect(isRight(scoreOf(reworded, LONG))).toBe(true);
    expect(scoreOf('Open the app and choose Cards.', LONG)).toBeGreaterThan(0.3);
    expect(scoreOf('Open the app and choose Cards.', LONG)).toBeLessThan(0.6);
    expect(scoreOf('', LONG)).toBe(0);
  });

  it.each([
    ['another number', LONG.replace('22', '20')],
    ['a negation', LONG.replace('we then block', "we then don't block")],
  ])('never calls right a long answer with %s', (_, answer) => {
    expect(scoreOf(answer, LONG)).toBeLessThanOrEqual(0.5);
  });
});
