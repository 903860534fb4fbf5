// States and versions as small coloured words; the word alone says everything, the colour only helps.
import type { ReactNode } from 'react';
import { versionName, wordsFor, type Tone } from '../words.js';

export function ToneBadge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className="tone" data-tone={tone}>
      {children}
    </span>
  );
}

export function StateBadge({ state, words = wordsFor(state) }: { state: string; words?: [string, Tone] }) {
  const [word, tone] = words;
  return <ToneBadge tone={tone}>{word}</ToneBadge>;
}

/** What somebody thought of an answer. */
export function ThumbBadge({ value }: { value: 'up' | 'down' }) {
  return <ToneBadge tone={value === 'up' ? 'good' : 'bad'}>{value === 'up' ? 'Good' : 'Poor'}</ToneBadge>;
}

/** Which adapter version; 0 is the base model. */
export function VersionBadge({ version }: { version: number }) {
  return <ToneBadge tone={version === 0 ? 'plain' : 'busy'}>{versionName(version)}</ToneBadge>;
}
