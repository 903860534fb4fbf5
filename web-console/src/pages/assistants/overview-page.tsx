// An assistant at a glance: who answers now, the versions, the training runs and the newest decisions.
import { Button, SimpleGrid } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useRead, useWrite } from '../../api/read.js';
import { deploymentListSchema } from '../../api/schemas/assistants.js';
import type { Run } from '../../api/schemas/training.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { ReasonDialog, type Decision } from '../../parts/reason-dialog.js';
import { isRunning, versionName } from '../../words.js';
import { useAssistantBase } from '../assistant-base.js';
import { useAssistantRead, useRuns, useVersions } from '../shared-reads.js';
import { useVersionDecisions } from '../versions/decisions.js';
import { Decisions } from './decisions.js';
import { Runs } from './runs.js';
import { Versions } from './versions.js';

export default function OverviewPage() {
  const { slug, base } = useAssistantBase();
  const assistant = useAssistantRead(base);
  const versions = useVersions(base);
  const runs = useRuns(base);
  const audit = useRead('/api/v1/audit', deploymentListSchema, {
    ...{ query: { assistant: slug, limit: 12 }, live: ['deployment', 'rollout'] },
  });
  const [decision, setDecision] = useState<Decision>();
  const champion = versions.data?.championVersion ?? 0;
  const decide = useVersionDecisions(slug, champion);
  return (
    <Page
      title={assistant.data?.name ?? slug}
      words={versions.data ? `${versionName(champion)} answers now.` : 'Loading…'}
    >
      <Card title="Adapter versions">
        <Loaded of={versions}>
          {(data) => (
            <Versions
              {...{ slug, versions: data.versions, champion }}
              promote={(version) => setDecision(decide.promote(version))}
              rollBack={(version) => setDecision(decide.rollBack(version))}
            />
          )}
        </Loaded>
      </Card>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Card title="Training runs" actions={<StartRun base={base} runs={runs.data?.trainingRuns ?? []} />}>
          <Loaded of={runs}>{(data) => <Runs runs={data.trainingRuns} slug={slug} />}</Loaded>
        </Card>
        <Card title="Decisions">
          <Loaded of={audit}>{(data) => <Decisions deployments={data.deployments} />}</Loaded>
        </Card>
      </SimpleGrid>
      <ReasonDialog decision={decision} close={() => setDecision(undefined)} />
    </Page>
  );
}

function StartRun({ base, runs }: { base: string; runs: Run[] }) {
  const start = useWrite(() => api.send('POST', `${base}/training-runs`, {}), {
    invalidates: [`${base}/training-runs`],
  });
  const isGoingOn = runs.some(isRunning);
  return (
    <Button loading={start.isPending} disabled={isGoingOn} onClick={() => start.mutate(undefined)}>
      {isGoingOn ? 'A run is going on' : 'Start a training run'}
    </Button>
  );
}
