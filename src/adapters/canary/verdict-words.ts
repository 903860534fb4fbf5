// A rollout's verdict in words that an operator understands.
import type { Comparison, Evidence, Judged, VerdictKind } from './evidence.js';

/** One or two sentences; kept in the audit. */
export function wordsOf(kind: VerdictKind, rollout: Judged, evidence: Evidence): string {
  return WORDS[kind](rollout, evidence);
}

const WORDS: Record<VerdictKind, (rollout: Judged, evidence: Evidence) => string> = {
  harm: ({ version, fromVersion }, evidence) =>
    `Version ${version} is worse than version ${fromVersion}: ${harmOf(evidence)} Version ${fromVersion} answers every conversation again.`,
  next: (rollout, evidence) => `${thumbs(evidence.ratings)} ${notWorse(evidence)} ${nextOf(rollout)}`,
  wait: (rollout, evidence) =>
    `${thumbs(evidence.ratings)} ${notWorse(evidence)} The next step waits for an operator ("continue").`,
  pause: ({ version, fromVersion }, evidence) =>
    `No decision in reasonable time: ${thumbs(evidence.ratings)} ${missing(evidence)} New conversations go to version ${fromVersion}; promote or abort version ${version}.`,
  stay: (rollout, evidence) => `${stateOf(rollout)} ${thumbs(evidence.ratings)} ${missing(evidence)}`.trim(),
};

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;
const points = (share: number) => `${share > 0 ? '+' : ''}${Math.round(share * 100)} points`;
const arms = ({ canary, control }: Comparison) =>
  `${percent(canary.mean ?? 0)} (of ${canary.n}) against ${percent(control.mean ?? 0)} (of ${control.n})`;

function harmOf({ ratings, failures, slowness }: Evidence): string {
  const harms: [string, Comparison][] = [
    [`${arms(ratings)} of rated conversations were 👍.`, ratings],
    [`${arms(failures)} of conversations got a failed or empty first answer.`, failures],
    [`${arms(slowness)} of first answers took longer than ${slowness.limitMs} ms.`, slowness],
  ];
  const proven = harms.filter(([, { eValue, threshold }]) => eValue >= threshold);
  return proven
    .map(([words, { eValue, threshold }]) => `${words} Evidence of harm: ${short(eValue)}, limit ${threshold}.`)
    .join(' ');
}

function stateOf({ state, version, share }: Judged): string {
  if (state === 'paused') return `Paused: no new conversation goes to version ${version}.`;
  if (state === 'queued') return `Version ${version} waits for the rollout before it.`;
  return `Version ${version} answers ${percent(share)} of new conversations.`;
}

function thumbs({ canary, control, difference, interval }: Evidence['ratings']): string {
  if (difference === null)
    return `Rated conversations so far: ${canary.n} of the canary, ${control.n} of the champion.`;
  const range =
    interval[0] === -1 && interval[1] === 1
      ? ''
      : `, certainly between ${points(interval[0])} and ${points(interval[1])}`;
  return `👍 ${percent(canary.mean ?? 0)} (of ${canary.n}) against ${percent(control.mean ?? 0)} (of ${control.n}): ${points(difference)}${range}.`;
}

function notWorse({ notWorse: { eValue, threshold, margin } }: Evidence): string {
  return `Evidence that it is not ${Math.round(margin * 100)} points worse: ${short(eValue)}, needed ${threshold}.`;
}

function nextOf({ version, steps, step }: Judged): string {
  const next = steps[step + 1]?.percent ?? 100;
  return next === 100
    ? `Version ${version} becomes champion.`
    : `Version ${version} answers ${next} % of new conversations now.`;
}

function missing(evidence: Evidence): string {
  const { step, notWorse: not } = evidence;
  const wanted = [
    step.canaryAnswered < step.needed && `${step.needed - step.canaryAnswered} more of its conversations`,
    step.canaryRated < step.ratedNeeded && `${step.ratedNeeded - step.canaryRated} more rated ones`,
    step.minutes < step.minutesNeeded && `${step.minutesNeeded - step.minutes} more minutes`,
    not.eValue < not.threshold && `more ratings (${notWorse(evidence).slice(0, -1)})`,
  ].filter((each) => each !== false);
  return wanted.length > 0 ? `Not enough data yet; the next step needs ${wanted.join(' and ')}.` : '';
}

const short = (eValue: number) => (eValue >= 1000 ? 'over 1000' : String(Number(eValue.toFixed(1))));
