// A rollout's state in a word.
import { StateBadge } from '../../parts/badges.js';
import { wordsFor, type Tone } from '../../words.js';

const WORDS: Record<string, [string, Tone]> = {
  queued: ['Waits for the one before', 'plain'],
  running: ['Running', 'busy'],
  waiting: ['Waits for an operator', 'warn'],
  paused: ['Paused', 'warn'],
  promoted: ['Promoted', 'good'],
  aborted: ['Ended by hand', 'plain'],
  rolled_back: ['Rolled back for harm', 'bad'],
};

export const RolloutBadge = ({ state }: { state: string }) => (
  <StateBadge state={state} words={WORDS[state] ?? wordsFor(state)} />
);
