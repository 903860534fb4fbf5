// The steps of a rollout, which of them it is at, where a person must let it on, and what the next one needs.
import { Group, Progress, SimpleGrid, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { RolloutDetail } from '../../api/schemas/versions.js';
import { ToneBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { evidence } from './evidence.js';

export function Steps({ rollout }: { rollout: RolloutDetail }) {
  const { steps, step, endedAt, fromVersion, version } = rollout;
  const { conversations } = rollout.evidence;
  return (
    <Card title="Steps">
      <Stack gap="md">
        <Group component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
          {steps.map(({ percent, manual }, index) => (
            <li key={percent}>
              <ToneBadge tone={index < step ? 'good' : index === step && !endedAt ? 'busy' : 'plain'}>
                {percent === 100 ? 'Champion' : `${percent} %`}
                {manual && index < steps.length - 1 ? ' · then by hand' : ''}
                <VisuallyHidden>
                  {index < step ? 'done' : index === step && !endedAt ? 'now' : 'to come'}
                </VisuallyHidden>
              </ToneBadge>
            </li>
          ))}
        </Group>
        <Text>
          {conversations.canary} conversations with version {version}, {conversations.control} with{' '}
          {fromVersion === 0 ? 'the base model' : `version ${fromVersion}`}.
        </Text>
        {!endedAt && <Needed of={rollout.evidence} />}
      </Stack>
    </Card>
  );
}

function Needed({ of: { step, notWorse } }: { of: RolloutDetail['evidence'] }) {
  const needs: [words: string, has: number, needed: number][] = [
    ['Conversations answered by the canary in this step', step.canaryAnswered, step.needed],
    ['Rated conversations of the canary', step.canaryRated, step.ratedNeeded],
    ['Minutes in this step', step.minutes, step.minutesNeeded],
    [`Evidence that it is not ${Math.round(notWorse.margin * 100)} points worse`, notWorse.eValue, notWorse.threshold],
  ];
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {needs.map(([words, has, needed]) => (
        <div key={words}>
          <Text size="sm" className="number">
            {words}: {evidence(has)} of {needed}
          </Text>
          <Progress
            value={Math.min(100, (100 * has) / needed)}
            aria-label={words}
            color={has >= needed ? 'green' : undefined}
          />
        </div>
      ))}
    </SimpleGrid>
  );
}
