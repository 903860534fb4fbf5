import type { StepReport } from '../../lora/train/settings.js';
import { stopping, type StopRules } from './stopping.js';

const after = (tokens: number) => ({ tokens }) as StepReport;
const values = () => Promise.resolve(new Float32Array([1]));

function rules(more: Partial<StopRules> = {}) {
  const clock = { ms: 0 };
  const stop = stopping({ maxSeconds: 60, maxTokens: 1_000, secondsBefore: 0, now: () => clock.ms, ...more });
  return { clock, stop };
}

describe('stopping', () => {
  it('lets training go on within its budget', async () => {
    const { stop, clock } = rules();
    clock.ms = 59_000;
    expect(await stop.stopWhen(after(999), values)).toBe(false);
    expect(stop.reason()).toBe('finished');
  });

  it('stops when the minutes are over, those of earlier lives counted', async () => {
    const { stop, clock } = rules({ secondsBefore: 50 });
    clock.ms = 10_000;
    expect(await stop.stopWhen(after(1), values)).toBe(true);
    expect([stop.reason(), stop.seconds()]).toEqual(['minutes', 60]);
  });

  it('stops when the tokens are used up', async () => {
    const { stop } = rules();
    expect(await stop.stopWhen(after(1_000), values)).toBe(true);
    expect(stop.reason()).toBe('tokens');
  });

  it('counts what was spent besides, and tells how much of the budget is gone', async () => {
    const { stop, clock } = rules();
    expect(stop.isSpent(0.3, 299)).toBe(false);
    expect(stop.isSpent(0.3, 300)).toBe(true);
    stop.spend(250);
    expect(stop.isSpent(0.3, 50)).toBe(true);
    expect(await stop.stopWhen(after(749), values)).toBe(false);
    expect(await stop.stopWhen(after(750), values)).toBe(true);
    clock.ms = 18_000;
    expect(stop.isSpent(0.3, -250)).toBe(true);
  });

  it('stops when it knows what it is to learn, and asks with the values of now', async () => {
    const asked: number[] = [];
    const { stop } = rules({ isLearnt: ([value]) => Promise.resolve(asked.push(value ?? NaN) === 2) });
    expect(await stop.stopWhen(after(1), values)).toBe(false);
    expect(await stop.stopWhen(after(2), () => Promise.resolve(new Float32Array([2])))).toBe(true);
    expect([stop.reason(), asked]).toEqual(['learnt', [1, 2]]);
  });
});
