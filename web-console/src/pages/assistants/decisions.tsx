// Who moved the champion or a canary, from where to where, and why.
import { Group, Stack, Text } from '@mantine/core';
import type { Deployment } from '../../api/schemas/assistants.js';
import { Empty } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { versionName } from '../../words.js';

const SENTENCES: Record<string, (to: string, from: string) => string> = {
  promote: (to) => `${to} promoted`,
  rollback: (to, from) => `Rolled back${from} to ${to.toLowerCase()}`,
  canary_start: (to) => `${to} goes on canary`,
  canary_step: (to) => `Canary: ${to.toLowerCase()} gets more conversations`,
  canary_wait: (to) => `Canary: ${to.toLowerCase()} waits for an operator`,
  canary_pause: (to) => `Canary: ${to.toLowerCase()} paused`,
  canary_resume: (to) => `Canary: ${to.toLowerCase()} goes on`,
  canary_abort: (to, from) => `Canary ended${from}, back to ${to.toLowerCase()}`,
  canary_rollback: (to, from) => `Canary failed: rolled back${from} to ${to.toLowerCase()}`,
};

/** A deployment as a sentence. */
export function sentence({
  action,
  fromVersion,
  toVersion,
}: Pick<Deployment, 'action' | 'fromVersion' | 'toVersion'>): string {
  if (toVersion === undefined || toVersion === null) return action;
  const from =
    fromVersion === undefined || fromVersion === null ? '' : ` from ${versionName(fromVersion).toLowerCase()}`;
  const sentenceOf = SENTENCES[action];
  return sentenceOf ? sentenceOf(versionName(toVersion), from) : action.replaceAll('_', ' ');
}

export function Decisions({ deployments }: { deployments: Deployment[] }) {
  if (deployments.length === 0)
    return <Empty>Nothing yet. Each promotion and rollback is written here, with its reason.</Empty>;
  return (
    <Stack component="ol" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
      {deployments.map((each) => (
        <li key={each.id}>
          <Group gap="xs">
            <b>{sentence(each)}</b>
            <Text span c="dimmed" size="sm">
              <Moment at={each.createdAt} /> by {each.actor}
            </Text>
          </Group>
          {each.reason && <Text>{each.reason}</Text>}
        </li>
      ))}
    </Stack>
  );
}
