// Why an answer is in the queue, in words.
import type { Tone } from '../../words.js';

const CAUSES: Record<string, [string, Tone]> = {
  rated_down: ['Rated poor', 'bad'],
  asked_for_person: ['Asked for a person', 'warn'],
  unknown: ['Didn’t know', 'plain'],
  cut_off: ['Cut off', 'plain'],
};

export const causeWords = (cause: string): [string, Tone] => CAUSES[cause] ?? [cause.replaceAll('_', ' '), 'plain'];
