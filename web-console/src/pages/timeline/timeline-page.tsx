// Who served when, and what happened: bands of versions with the canaries' shares, and every run, gate, promotion and rollback.
import { Button, Chip, Group, SegmentedControl, Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useRead } from '../../api/read.js';
import { timelineSchema } from '../../api/schemas/versions.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { useAssistantBase } from '../assistant-base.js';
import { BandsChart } from './bands-chart.js';
import { BandsTable } from './bands-table.js';
import { KINDS } from './kinds.js';
import { Markers } from './markers.js';
import { ServedAt } from './served-at.js';

const DAY_MS = 86_400_000;
/** Events asked for at a time. */
const LIMIT = 300;
const WINDOWS = [
  { value: '1', label: '24 hours' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: 'all', label: 'Everything' },
];

export default function TimelinePage() {
  const { slug, base } = useAssistantBase();
  const [days, setDays] = useState('30');
  /** The end of the time that is shown; undefined: now. */
  const [to, setTo] = useState<string>();
  const [kinds, setKinds] = useState(Object.keys(KINDS));
  // Only where it is chosen anew, or each look would be another question.
  const from = useMemo(() => {
    const end = to ? Date.parse(to) : Date.now();
    return new Date(days === 'all' ? 0 : end - Number(days) * DAY_MS).toISOString();
  }, [days, to]);
  const timeline = useRead(`${base}/timeline`, timelineSchema, {
    ...{ query: { from, to, limit: LIMIT }, keep: true, live: ['deployment', 'rollout', 'run', 'version', 'prompt'] },
  });
  return (
    <Page title="Timeline" words="Who served when, and who decided what. Nothing here can be changed or deleted.">
      <SegmentedControl aria-label="How far back" data={WINDOWS} value={days} onChange={setDays} maw={460} />
      <Loaded of={timeline}>
        {(data) => (
          <Stack gap="lg">
            <Card title="Who served">
              <BandsChart timeline={data} />
              <BandsTable bands={data.bands} slug={slug} />
            </Card>
            <ServedAt base={base} />
            <Card title="What happened">
              <Chip.Group multiple value={kinds} onChange={setKinds}>
                <Group gap="xs" mb="md" role="group" aria-label="Kinds of events">
                  {Object.entries(KINDS).map(([kind, { words }]) => (
                    <Chip key={kind} value={kind} size="sm" variant="outline">
                      {words}
                    </Chip>
                  ))}
                </Group>
              </Chip.Group>
              <Markers markers={data.markers.filter(({ kind }) => kinds.includes(kind))} slug={slug} />
              <Group mt="md">
                {data.markers.length === LIMIT && (
                  <Button variant="default" onClick={() => setTo(data.markers.at(-1)?.at.toISOString())}>
                    Older
                  </Button>
                )}
                {to && (
                  <Button variant="default" onClick={() => setTo(undefined)}>
                    Newest
                  </Button>
                )}
              </Group>
            </Card>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
