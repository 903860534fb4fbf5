// When training starts by itself and what it may cost: what holds, and a form to change it.
import { Button, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useRead } from '../../api/read.js';
import { learningSettingsSchema, type LearningSettings } from '../../api/schemas/training.js';
import { Card } from '../../parts/card.js';
import { Figure } from '../../parts/figure.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { exactly } from '../../words.js';
import { SettingsForm } from './settings-form.js';

export function SettingsCard({ base }: { base: string }) {
  const path = `${base}/learning-settings`;
  const settings = useRead(path, learningSettingsSchema, { live: ['run', 'example'] });
  const [isOpen, setOpen] = useState(false);
  return (
    <Card
      title="Schedule and budget"
      actions={
        <Button variant="default" onClick={() => setOpen(true)} disabled={!settings.data}>
          Change
        </Button>
      }
    >
      <Loaded of={settings}>
        {(data) => (
          <>
            <InForce settings={data} />
            <SettingsForm path={path} settings={data} opened={isOpen} close={() => setOpen(false)} />
          </>
        )}
      </Loaded>
    </Card>
  );
}

function InForce({ settings }: { settings: LearningSettings }) {
  const { inForce, nextAt, newExamples, minutesThisMonth, updatedBy, updatedAt } = settings;
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name="Next by schedule" value={nextAt ? exactly(nextAt) : 'Never'} />
        <Figure name="Longest run" value={`${inForce.maxMinutes.toLocaleString('en')} min`} />
        <Figure name="Most tokens a run" value={inForce.maxTokens.toLocaleString('en')} />
        <Figure
          name="Worked this month"
          value={`${Math.round(minutesThisMonth)} min${inForce.monthMinutes === null ? '' : ` of ${inForce.monthMinutes}`}`}
        />
      </SimpleGrid>
      <div>
        <Text size="sm" c="dimmed" mb={4}>
          New examples: {newExamples.toLocaleString('en')} of the {inForce.minExamples.toLocaleString('en')} that start
          a run by themselves
        </Text>
        <Progress
          value={Math.min(100, (100 * newExamples) / inForce.minExamples)}
          aria-label="New examples towards the next run"
        />
      </div>
      {inForce.monthMinutes !== null && minutesThisMonth >= inForce.monthMinutes && (
        <Text c="var(--warn)">The month’s budget is spent: nothing starts by itself until the next month.</Text>
      )}
      {updatedBy && (
        <Group gap={4}>
          <Text size="sm" c="dimmed">
            Set by {updatedBy}, <Moment at={updatedAt} />
          </Text>
        </Group>
      )}
    </Stack>
  );
}
