// What an agent's choices do to the draft, and what of it is sent.
import { expect, it } from '@jest/globals';
import { emptyDraft, saysSomething, sentDraft, withReason, withThumb } from './draft.js';

const SHOWN = 'It is free.';

it('says nothing as long as neither thumb nor text differ from what was shown', () => {
  expect(saysSomething(emptyDraft(SHOWN), SHOWN)).toBe(false);
  expect(saysSomething({ ...emptyDraft(SHOWN), text: ` ${SHOWN} ` }, SHOWN)).toBe(false);
  expect(saysSomething({ ...emptyDraft(SHOWN), text: ' ' }, SHOWN)).toBe(false);
  expect(saysSomething({ ...emptyDraft(SHOWN), text: 'It costs 7 euros.' }, SHOWN)).toBe(true);
  expect(saysSomething(withThumb(emptyDraft(SHOWN), 'up'), SHOWN)).toBe(true);
});

it('takes a thumb back with the same thumb, and a reason makes an answer poor', () => {
  const poor = withReason(emptyDraft(SHOWN), 'incorrect');
  expect(poor).toMatchObject({ value: 'down', reasons: ['incorrect'] });
  expect(withReason(poor, 'incorrect')).toMatchObject({ value: 'down', reasons: [] });
  expect(withThumb(poor, 'up')).toMatchObject({ value: 'up', reasons: [] });
  expect(withThumb(poor, 'down')).toMatchObject({ value: null, reasons: [] });
});

it('sends texts without the white space around them, and nothing for what is empty', () => {
  expect(sentDraft({ ...emptyDraft(SHOWN), text: ' No. ', slice: ' fees ', note: ' ' }, SHOWN)).toMatchObject({
    ...{ text: 'No.', slice: 'fees', note: null },
  });
});
