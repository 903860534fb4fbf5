// One training run: live while it goes on, afterwards what came of it in plain words, what it learnt from, what it cost.
import { Button, Group, List, SimpleGrid, Stack, Text } from '@mantine/core';
import { Link, useNavigate, useParams } from 'react-router';
import { api } from '../../api/client.js';
import { useRead, useWrite } from '../../api/read.js';
import { runReportSchema, runSchema, type Run, type RunReport } from '../../api/schemas/training.js';
import { StateBadge, VersionBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/load.js';
import { LossChart } from '../../parts/loss-chart.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { useSession } from '../../session/session.js';
import { assistantPath } from '../../shell/navigation.js';
import { isRunning, startedBy, wordsForRun } from '../../words.js';
import { useAssistantBase } from '../assistant-base.js';
import { useRun } from '../shared-reads.js';
import { ChangedItems } from './changed-items.js';
import { LiveRun } from './live-run.js';

const TRIED_AGAIN = new Set(['failed', 'rejected', 'cancelled']);

export default function RunPage() {
  const { slug, base } = useAssistantBase();
  const { id = '' } = useParams();
  const run = useRun(base, id);
  const report = useRead(`${base}/training-runs/${encodeURIComponent(id)}/report.json`, runReportSchema, {
    live: ['run'],
  });
  return (
    <Page
      title={run.data?.mode === 'micro' ? 'Teaching one correction' : 'Training run'}
      words={run.data && <Facts run={run.data} />}
      actions={run.data && <Actions slug={slug} base={base} run={run.data} />}
    >
      <Loaded of={run}>
        {(data) =>
          isRunning(data) ? (
            <Card title="Now">
              <LiveRun {...{ slug, base, run: data }} />
            </Card>
          ) : (
            <>
              <Loaded of={report}>{(found) => <Outcome report={found} run={data} />}</Loaded>
              <LossChart curve={data.lossCurve ?? []} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Facts({ run }: { run: Run }) {
  return (
    <Group gap="xs">
      <StateBadge state={run.status} words={wordsForRun(run.status)} />
      <span>
        <Moment at={run.createdAt} /> {startedBy(run)}, from
      </span>
      <VersionBadge version={run.parentVersion} />
    </Group>
  );
}

function Actions({ slug, base, run }: { slug: string; base: string; run: Run }) {
  const { may } = useSession();
  const navigate = useNavigate();
  const again = useWrite(() => api.send('POST', `${base}/training-runs/${run.id}/retry`, {}, runSchema), {
    ...{ invalidates: [`${base}/training-runs`], done: 'A new run is queued.' },
  });
  return (
    <>
      {run.adapterVersion && (
        <Button variant="default" component={Link} to={assistantPath(slug, `versions/${run.adapterVersion}`)}>
          See the version
        </Button>
      )}
      {may('operator', slug) && TRIED_AGAIN.has(run.status) && (
        <Button
          loading={again.isPending}
          onClick={() =>
            again.mutate(undefined, { onSuccess: ({ id }) => void navigate(assistantPath(slug, `training/${id}`)) })
          }
        >
          Try again
        </Button>
      )}
    </>
  );
}

function Outcome({ report, run }: { report: RunReport; run: Run }) {
  const { verdict, worse, cost, training, learnt, lost, examples } = report;
  return (
    <Stack gap="lg">
      <Card title="What came of it">
        <Text>{verdict}</Text>
        {run.result?.promotion && <Text mt="xs">{run.result.promotion.reason}</Text>}
        {run.status === 'failed' && <Text c="var(--bad)">{run.error}</Text>}
        {worse.length > 0 && <Sentences title="What might be worse" of={worse} />}
      </Card>
      {run.gateReport && (
        <ChangedItems title="Learnt" items={learnt} empty="No question that was wrong became right." />
      )}
      {lost.length > 0 && <ChangedItems title="Lost" items={lost} empty="" />}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card title="How it was trained">
          <Sentences of={training} />
          {examples && (
            <Text mt="xs" c="dimmed">
              {examples.train} examples: {listed(examples.byGroup)}. Topics: {listed(examples.bySlice)}.
            </Text>
          )}
        </Card>
        <Card title="What it cost">
          <Sentences of={cost} />
        </Card>
      </SimpleGrid>
    </Stack>
  );
}

const listed = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none';

function Sentences({ title, of: sentences }: { title?: string; of: string[] }) {
  if (sentences.length === 0) return <Text c="dimmed">Nothing was noted.</Text>;
  return (
    <>
      {title && (
        <Text fw={650} mt="sm">
          {title}
        </Text>
      )}
      <List spacing={4}>
        {sentences.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </>
  );
}
