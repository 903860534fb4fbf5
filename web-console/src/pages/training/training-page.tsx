// Training of an assistant: the run that is going on, when the next one starts and what it may cost, and all that were.
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { useSession } from '../../session/session.js';
import { isRunning } from '../../words.js';
import { useAssistantBase } from '../assistant-base.js';
import { useRuns } from '../shared-reads.js';
import { LiveRun } from './live-run.js';
import { RunHistory } from './run-history.js';
import { SettingsCard } from './settings-card.js';
import { StartDialog } from './start-dialog.js';

export default function TrainingPage() {
  const { slug, base } = useAssistantBase();
  const { may } = useSession();
  const runs = useRuns(base);
  const all = runs.data?.trainingRuns ?? [];
  const live = all.filter(isRunning);
  return (
    <Page
      title="Training"
      words="A run learns new feedback together with what was learnt before; the gate then says whether it may go live."
      actions={may('operator', slug) && <Start base={base} isFullGoingOn={live.some(({ mode }) => mode === 'full')} />}
    >
      <Card title="Now">
        <Loaded of={runs}>
          {() =>
            live.length === 0 ? (
              <Text c="dimmed">Nothing is being trained.</Text>
            ) : (
              // The one at work first; the others wait for it.
              [...live]
                .sort((a, b) => Number(a.status === 'queued') - Number(b.status === 'queued'))
                .map((run) => <LiveRun key={run.id} {...{ slug, base, run }} />)
            )
          }
        </Loaded>
      </Card>
      {may('operator', slug) && <SettingsCard base={base} />}
      <Card title="Runs">
        <Loaded of={runs}>{() => <RunHistory slug={slug} runs={all} />}</Loaded>
      </Card>
    </Page>
  );
}

function Start({ base, isFullGoingOn }: { base: string; isFullGoingOn: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Group>
      <Button disabled={isFullGoingOn} onClick={() => setOpen(true)}>
        {isFullGoingOn ? 'A run is going on' : 'Start a training run'}
      </Button>
      <StartDialog base={base} opened={isOpen} close={() => setOpen(false)} />
    </Group>
  );
}
