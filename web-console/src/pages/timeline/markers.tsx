// What happened, newest first: each with who, when and why, and the way to what it is about.
import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Marker } from '../../api/schemas/versions.js';
import { ToneBadge } from '../../parts/badges.js';
import { Empty } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { assistantPath } from '../../shell/navigation.js';
import { versionName, wordsFor, wordsForRun } from '../../words.js';
import { sentence } from '../assistants/decisions.js';
import { KINDS } from './kinds.js';

/** What happened, in a sentence. */
function told({ kind, action, fromVersion, version }: Marker): string {
  if (kind === 'run') {
    const [word] = action === 'started' ? ['started'] : wordsForRun(action);
    const made = version === null ? '' : ` (${versionName(version).toLowerCase()})`;
    return `${word.toLowerCase()}${made}`;
  }
  if (kind === 'gate') {
    const [word] = wordsFor(action);
    return `${word.toLowerCase()}${version === null ? '' : `: ${versionName(version).toLowerCase()}`}`;
  }
  if (kind === 'prompt') return `prompt version ${version ?? '?'} is active`;
  return sentence({ action, fromVersion, toVersion: version });
}

export function Markers({ markers, slug }: { markers: Marker[]; slug: string }) {
  if (markers.length === 0) return <Empty>Nothing of these kinds happened in this time.</Empty>;
  return (
    <Stack component="ol" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
      {markers.map((marker) => (
        <li key={marker.id}>
          <Group gap="xs">
            <ToneBadge tone={KINDS[marker.kind]?.tone}>{KINDS[marker.kind]?.word ?? marker.kind}</ToneBadge>
            <b>{told(marker)}</b>
            <Text span c="dimmed" size="sm">
              <Moment at={marker.at} />
              {marker.actor && ` by ${marker.actor}`}
            </Text>
            <More marker={marker} slug={slug} />
          </Group>
          {marker.text && <Text size="sm">{marker.text}</Text>}
        </li>
      ))}
    </Stack>
  );
}

/** The way to what it is about. */
function More({ marker: { kind, version, runId, rolloutId }, slug }: { marker: Marker; slug: string }) {
  const [path, words] = rolloutId
    ? [`rollouts/${rolloutId}`, 'Rollout']
    : runId && kind === 'run'
      ? [`training/${runId}`, 'Run']
      : version && kind !== 'prompt'
        ? [`versions/${version}`, versionName(version)]
        : [];
  if (!path) return null;
  return (
    <Anchor component={Link} to={assistantPath(slug, path)} size="sm">
      {words}
    </Anchor>
  );
}
