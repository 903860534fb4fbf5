import { costOf } from './run-cost.js';

const rates = { COST_WATTS_PER_CORE: 10, COST_WATTS_PER_GPU: 300, COST_PRICE_PER_HOUR: 0.4, COST_CURRENCY: 'EUR' };
const settings = { epochs: 8, learningRate: 2e-3, rank: 8, alpha: 16, seed: 0, threads: 2 };
const run = { settings, progress: null, result: null, workedSeconds: 360 };

describe('costOf', () => {
  it('estimates energy from cores and time, and money from the price of an hour', () => {
    const result = { backend: 'tensorflow, 2 threads', tokens: 4_000, peakMemoryMb: 1_200 };
    expect(costOf({ ...run, result }, rates)).toEqual({
      tokens: 4_000,
      seconds: 360,
      device: 'tensorflow, 2 threads',
      peakMemoryMb: 1_200,
      energyWh: 2,
      energyAssumption: '10 W a core, 2 cores, all of the time',
      money: 0.04,
      currency: 'EUR',
      pricePerHour: 0.4,
    });
  });

  it('takes the GPU’s wattage where one computed', () => {
    const { energyWh, energyAssumption } = costOf({ ...run, result: { backend: 'tensorflow on a GPU' } }, rates);
    expect(energyWh).toBe(30);
    expect(energyAssumption).toBe('300 W for the GPU, all of the time');
  });

  it('knows of a run that has no result what its progress says', () => {
    const progress = { step: 1, steps: 9, loss: 1, tokensPerSecond: 10, secondsLeft: 1, tokens: 70, seconds: 7 };
    expect(costOf({ ...run, progress }, rates)).toMatchObject({ tokens: 70, device: null, peakMemoryMb: null });
    expect(costOf(run, rates)).toMatchObject({ tokens: 0 });
  });
});
