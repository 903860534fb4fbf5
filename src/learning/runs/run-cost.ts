// The cost meter: what a run took, as an operator would ask: tokens, time, memory, energy, money. Pure.
import type { Environment } from '../../config/environment.js';
import type { RunCost, TrainingRun } from '../../database/entities/training-run.entity.js';
import { runSettingsSchema } from './run-settings.js';

const SECONDS_PER_HOUR = 3600;

type Rates = Pick<Environment, 'COST_WATTS_PER_CORE' | 'COST_WATTS_PER_GPU' | 'COST_PRICE_PER_HOUR' | 'COST_CURRENCY'>;
type Costed = Pick<TrainingRun, 'settings' | 'progress' | 'result' | 'workedSeconds'>;

/** What the run has cost so far. The energy is an estimate from the time worked and a wattage; it isn't measured. */
export function costOf({ settings, progress, result, workedSeconds }: Costed, rates: Rates): RunCost {
  const { threads } = runSettingsSchema.parse(settings);
  const device = typeof result?.backend === 'string' ? result.backend : null;
  const isGpu = device?.includes('GPU') ?? false;
  const watts = isGpu ? rates.COST_WATTS_PER_GPU : threads * rates.COST_WATTS_PER_CORE;
  const hours = workedSeconds / SECONDS_PER_HOUR;
  return {
    tokens: numberOr(result?.tokens, progress?.tokens ?? 0),
    seconds: round(workedSeconds, 1),
    device,
    peakMemoryMb: typeof result?.peakMemoryMb === 'number' ? result.peakMemoryMb : null,
    energyWh: round(watts * hours, 3),
    energyAssumption: isGpu
      ? `${watts} W for the GPU, all of the time`
      : `${rates.COST_WATTS_PER_CORE} W a core, ${threads} ${threads === 1 ? 'core' : 'cores'}, all of the time`,
    money: round(hours * rates.COST_PRICE_PER_HOUR, 4),
    currency: rates.COST_CURRENCY,
    pricePerHour: rates.COST_PRICE_PER_HOUR,
  };
}

const numberOr = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
const round = (value: number, digits: number) => Number(value.toFixed(digits));
