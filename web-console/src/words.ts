// Numbers, moments and states in words.
import type { Run } from './api/schemas/training.js';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 minutes ago"; the exact moment is `exactly`. */
export function ago(moment: Date, now = Date.now()): string {
  const seconds = (moment.getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['minute', 60];
  return Math.abs(seconds) < 60 ? 'just now' : relative.format(Math.round(seconds / size), unit);
}

/** "4 min": how long somebody has waited. */
export function waited(since: Date, now = Date.now()): string {
  const minutes = Math.max(0, Math.floor((now - since.getTime()) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`;
}

export const exactly = (moment: Date): string => exact.format(moment);

export const versionName = (version: number): string => (version === 0 ? 'Base model' : `Version ${version}`);

export function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}

/** A share as "12.5 %". */
export const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

export type Tone = 'good' | 'bad' | 'busy' | 'warn' | 'plain';

/** Gate verdicts and statuses, as an operator says them. */
const WORDS: Record<string, [string, Tone]> = {
  passed: ['Passed', 'good'],
  refused: ['Refused', 'bad'],
  not_enough_evidence: ['Not enough evidence', 'plain'],
  learnt_nothing: ['Learnt nothing', 'bad'],
  champion: ['Champion', 'good'],
  candidate: ['Candidate', 'busy'],
  canary: ['On canary', 'busy'],
  retired: ['Retired', 'plain'],
  rejected: ['Rejected', 'bad'],
  queued: ['Waiting', 'busy'],
  preparing: ['Preparing', 'busy'],
  training: ['Training', 'busy'],
  evaluating: ['Evaluating', 'busy'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'plain'],
};

/** A state in words and how it feels. Unknown ones are shown as they are. */
export const wordsFor = (state: string): [string, Tone] => WORDS[state] ?? [state.replaceAll('_', ' '), 'plain'];

/** A run that made a candidate is done; the same word on a version means that it waits for its promotion. */
const RUN_WORDS: Record<string, [string, Tone]> = {
  candidate: ['Done', 'good'],
  rejected: ['Refused by the gate', 'bad'],
};

export const wordsForRun = (status: string): [string, Tone] => RUN_WORDS[status] ?? wordsFor(status);

const RUNNING = new Set(['queued', 'preparing', 'training', 'evaluating']);

export const isRunning = (run: Pick<Run, 'status'>): boolean => RUNNING.has(run.status);

/** What training did, e.g. "12 examples · loss 2.310 → 0.120 · 34 s". */
export function facts({ result }: Pick<Run, 'result'>): string {
  if (!result) return '';
  const { items, firstLoss, lastLoss, seconds } = result;
  return [
    items && `${items} ${items === 1 ? 'example' : 'examples'}`,
    firstLoss && lastLoss && `loss ${firstLoss.toFixed(3)} → ${lastLoss.toFixed(3)}`,
    seconds && `trained in ${duration(seconds)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** A gate's summary without the verdict that opens it, for places where a badge has said it. */
export function withoutVerdict(summary: string, verdict: string): string {
  const [word] = wordsFor(verdict);
  const rest = summary.startsWith(word) ? summary.slice(word.length).replace(/^[.;,:]? */, '') : summary;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

const TRIGGERS: Record<string, string> = {
  cron: 'by schedule',
  threshold: 'because enough new examples had come',
  request: 'on request',
};

/** Why a run was started. */
export const startedBy = ({ trigger, requestedBy }: Pick<Run, 'trigger' | 'requestedBy'>): string =>
  [TRIGGERS[trigger ?? ''] ?? '', requestedBy ? `of ${requestedBy}` : ''].filter(Boolean).join(' ');
