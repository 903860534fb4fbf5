// The sentences of a run's report. Numbers that are not there (an older run, one that ended early) are not spoken of. Pure.
import type { RunCost, RunStatus, TrainingRun } from '../../database/entities/training-run.entity.js';
import type { Trained } from '../processes/learner.messages.js';
import type { Stopped } from '../processes/stopping.js';
import type { GateFacts } from './gate-facts.js';

/** A rise of the general loss below this isn't worth a sentence. */
const GENERAL_NOTED = 0.005;
/** Mean KL to the parent, nats a token, from which answers read differently on general questions too; ln 1.1. */
const DRIFT_NOTED = 0.1;

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
const isFinite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

type Ended = Pick<TrainingRun, 'status' | 'adapterVersion' | 'parentVersion' | 'error' | 'result' | 'pausedAt'>;

const VERDICTS: Readonly<Record<RunStatus, (run: Ended, reasons: readonly string[]) => string>> = {
  queued: () => 'It waits for its turn.',
  preparing: () => 'Its examples are being chosen.',
  training: () => 'It is being trained; nothing has changed for customers.',
  evaluating: () =>
    'The new version is being compared with the one that answers now; nothing has changed for customers.',
  candidate: (run) => candidateSentence(run),
  rejected: (run, reasons) =>
    [`Version ${run.adapterVersion} was refused and will not answer customers.`, ...reasons, ...heldBack(run)].join(
      ' ',
    ),
  failed: ({ error }) => `It failed, and nothing has changed for customers. ${error ?? ''}`.trim(),
  cancelled: () => 'It was cancelled; nothing has changed for customers.',
};

/** What came of the run. */
export function verdictSentence(run: Ended, reasons: readonly string[]): string {
  const paused = run.pausedAt ? 'It is paused. ' : '';
  return paused + VERDICTS[run.status](run, reasons);
}

function heldBack({ result }: Ended): string[] {
  const count = result?.heldBack;
  if (typeof count !== 'number' || count === 0) return [];
  return [
    `${plural(count, 'example')} that made it forget wait${count === 1 ? 's' : ''} in quarantine for your decision.`,
  ];
}

function candidateSentence({ adapterVersion, result }: Ended): string {
  const promotion = result?.promotion as { promoted?: boolean; reason?: string } | undefined;
  if (promotion?.promoted) return `Version ${adapterVersion} passed and was put to work.`;
  return `Version ${adapterVersion} is ready and waits. ${promotion?.reason ?? ''}`.trim();
}

/** What might be worse than before, though it may be within what the gate tolerates. */
export function worseSentences(gate: GateFacts, trained: Trained | undefined): string[] {
  const fallen = gate.slices.filter(({ wins, losses }) => losses > wins);
  const { general, degenerate, earlier } = gate;
  return [
    ...fallen.map(
      ({ slice, items, wins, losses }) =>
        `Questions of the kind "${slice}": ${losses} of ${items} became wrong, ${wins} became right.`,
    ),
    earlier &&
      fallen.length === 0 &&
      earlier.losses > earlier.wins &&
      `Questions learnt earlier: ${earlier.losses} of ${earlier.items} became wrong, ${earlier.wins} became right.`,
    isFinite(general?.increase) &&
      general.increase > GENERAL_NOTED &&
      `General ability: ordinary texts are ${percent(general.increase)} harder for it to predict than before.`,
    isFinite(general?.klToParent) &&
      general.klToParent > DRIFT_NOTED &&
      `Its words on general questions have moved from the version before by ${general.klToParent.toFixed(2)} (0 is not at all).`,
    degenerate &&
      degenerate.candidate > degenerate.parent &&
      `${plural(degenerate.candidate, 'answer')} of it ${degenerate.candidate === 1 ? 'is empty or goes' : 'are empty or go'} round in circles; before ${degenerate.parent}.`,
    trained &&
      trained.skippedSteps > 0 &&
      `${plural(trained.skippedSteps, 'step')} of training ${trained.skippedSteps === 1 ? 'was' : 'were'} skipped because the numbers ran away; a lower learning rate may help.`,
  ].filter((sentence): sentence is string => Boolean(sentence));
}

/** What it cost, with what the estimates rest on. */
export function costSentences(cost: RunCost): string[] {
  const { tokens, seconds, device, peakMemoryMb, energyWh, energyAssumption, money, currency, pricePerHour } = cost;
  return [
    `${duration(seconds)} of work${device ? ` on ${device}` : ''}, ${tokens.toLocaleString('en')} tokens learnt from.`,
    ...(peakMemoryMb === null ? [] : [`At most ${peakMemoryMb.toLocaleString('en')} MiB of memory.`]),
    `About ${energyWh} Wh of energy, estimated: ${energyAssumption}.`,
    pricePerHour > 0
      ? `${money} ${currency}, at ${pricePerHour} ${currency} an hour.`
      : 'No price is set (COST_PRICE_PER_HOUR), so no money is counted.',
  ];
}

const STOPPED: Readonly<Record<Stopped, string>> = {
  finished: 'It was trained to the end of its plan.',
  minutes: 'Its budget of minutes ended before its plan did: it went on to the gate with what it had.',
  tokens: 'Its budget of tokens ended before its plan did: it went on to the gate with what it had.',
  learnt: 'It ended as soon as it knew the answer.',
};

/** How it was trained, and why so. */
export function trainingSentences(trained: Trained, settings: Record<string, unknown>): string[] {
  const { plan, stopped, steps, firstLoss, lastLoss } = trained;
  const of = (name: string) => (typeof settings[name] === 'number' ? String(settings[name]) : 'not recorded');
  return [
    ...(plan?.why ?? []),
    `${plural(steps, 'update')}. ${STOPPED[stopped]}`,
    `Rank ${of('rank')}, alpha ${of('alpha')}, seed ${of('seed')}.`,
    ...(isFinite(firstLoss) && isFinite(lastLoss)
      ? [
          `How surprised it is by the right answers: ${firstLoss.toFixed(3)} before, ${lastLoss.toFixed(3)} after (0 is not at all).`,
        ]
      : []),
  ];
}

function duration(seconds: number): string {
  if (seconds < 90) return plural(Math.round(seconds), 'second');
  return `${(seconds / 60).toFixed(1)} minutes`;
}
