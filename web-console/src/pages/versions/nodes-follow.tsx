// Counts the nodes that answer with a version, until all do, and names those that don't.
import { List, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Serving } from '../../api/schemas/versions.js';
import { ToneBadge } from '../../parts/badges.js';
import { Moment } from '../../parts/moment.js';
import { versionName, type Tone } from '../../words.js';

const ASK_EVERY_MS = 250;
const SILENT_NOTE = 'It can’t reach the database, or has ended: it answers nobody.';

interface NodesFollowProps {
  /** The version that all should answer with. */
  version: number;
  /** `performance.now()` of the order. */
  sinceMs: number;
  serving: Serving;
  refetch: () => void;
}

export function NodesFollow({ version, sinceMs, serving, refetch }: NodesFollowProps) {
  const { nodes, confirmed, championVersion } = serving;
  const isDone = confirmed && championVersion === version;
  const seconds = useSeconds(sinceMs, isDone);
  const latest = useRef(refetch);
  latest.current = refetch;
  useEffect(() => {
    if (isDone) return undefined;
    const timer = setInterval(() => latest.current(), ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isDone]);
  const heard = nodes.filter(({ state }) => state !== 'silent');
  const following = heard.filter((node) => node.version === version);
  return (
    <>
      <Text role="status" aria-live="polite" size="lg">
        <b>
          {following.length} of {heard.length} {heard.length === 1 ? 'node answers' : 'nodes answer'} with{' '}
          {versionName(version).toLowerCase()}
        </b>{' '}
        <span className="number">
          {isDone ? 'after' : '…'} {seconds.toFixed(1)} s
        </span>
      </Text>
      <List spacing="xs" listStyleType="none" p={0}>
        {nodes.map(({ id, name, state, version: own, seenAt }) => (
          <List.Item key={id}>
            <ToneBadge tone={TONES[state]}>{WORDS[state]}</ToneBadge> {name}: {versionName(own).toLowerCase()}
            {state === 'silent' && (
              <Text size="sm" c="dimmed">
                Heard of <Moment at={seenAt} />. {SILENT_NOTE}
              </Text>
            )}
          </List.Item>
        ))}
      </List>
    </>
  );
}

const WORDS = { confirmed: 'Confirmed', behind: 'Not yet', silent: 'Silent' } as const;
const TONES: Record<keyof typeof WORDS, Tone> = { confirmed: 'good', behind: 'warn', silent: 'bad' };

/** Seconds since the order, standing still once it is done. */
function useSeconds(sinceMs: number, isDone: boolean): number {
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    setNowMs(performance.now());
    if (isDone) return undefined;
    const timer = setInterval(() => setNowMs(performance.now()), 100);
    return () => clearInterval(timer);
  }, [isDone]);
  return Math.max(0, nowMs - sinceMs) / 1000;
}
