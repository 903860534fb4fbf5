// Holds how an operator writes the steps of a rollout.
import { describe, expect, it } from '@jest/globals';
import { canaryStepsTextSchema } from './canary-steps.js';

const step = (percent: number, manual = false) => ({ percent, manual });

describe('canaryStepsTextSchema', () => {
  it.each([
    ['off', undefined],
    [undefined, undefined],
    ['5,25,100', [step(5), step(25), step(100)]],
    ['0.5, 25!', [step(0.5), step(25, true), step(100)]],
  ])('reads %j', (text, steps) => expect(canaryStepsTextSchema.parse(text)).toEqual(steps));

  it.each(['', 'on', '100', '25,5', '5,5', '0,50', '5,101', '5;25', '5!!', '1,2,3,4,5,6,7,8,9,10,11'])(
    'refuses %j',
    (text) => {
      expect(canaryStepsTextSchema.safeParse(text).error?.issues[0]?.message).toContain(
        'must be `off` or rising shares',
      );
    },
  );
});
