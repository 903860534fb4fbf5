// Everything that explains one version: where it comes from, what it learnt, how it was judged, what it cost, how it does.
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { api } from '../../api/client.js';
import { useRead, useWrite } from '../../api/read.js';
import { versionDetailsSchema, type VersionDetails } from '../../api/schemas/versions.js';
import { StateBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { ReasonDialog, type Decision } from '../../parts/reason-dialog.js';
import { assistantPath } from '../../shell/navigation.js';
import { versionName } from '../../words.js';
import { useAssistantBase } from '../assistant-base.js';
import { Decisions } from '../assistants/decisions.js';
import { useAssistantRead } from '../shared-reads.js';
import { Curves } from './curves.js';
import { Examples } from './examples.js';
import { Facts } from './facts.js';
import { GateReport } from './gate-report.js';
import { Lineage } from './lineage.js';
import { Training } from './training.js';
import { Actions, BackTo } from './versions-page.js';

export default function VersionPage() {
  const { slug, base } = useAssistantBase();
  const { version = '' } = useParams();
  const path = `${base}/adapter-versions/${encodeURIComponent(version)}`;
  const details = useRead(path, versionDetailsSchema, { live: ['version', 'deployment', 'rollout'] });
  const assistant = useAssistantRead(base);
  const [decision, setDecision] = useState<Decision>();
  const [backTo, setBackTo] = useState<number>();
  const champion = assistant.data?.championVersion ?? 0;
  const { data } = details;
  return (
    <Page
      title={versionName(Number(version))}
      words={data && <Words details={data} slug={slug} />}
      actions={
        data && (
          <>
            <Downloads path={path} slug={slug} version={data.version} />
            <Actions {...{ slug, each: data, champion, decide: setDecision, rollBack: setBackTo }} />
          </>
        )
      }
    >
      <Loaded of={details}>
        {(all) => (
          <Stack gap="lg">
            <Facts details={all} />
            <GateReport report={all.gateReport} slices={all.slices} />
            <Curves details={all} />
            <Card title="Lineage">
              <Lineage {...{ lineage: all.lineage, children: all.children, slug }} />
            </Card>
            <Card title="What it was given">
              <Examples examples={all.examples} run={all.run} path={path} />
            </Card>
            {all.run && <Training run={all.run} slug={slug} />}
            <Card title="What became of it">
              <Decisions deployments={all.deployments} />
            </Card>
          </Stack>
        )}
      </Loaded>
      <ReasonDialog decision={decision} close={() => setDecision(undefined)} />
      <BackTo slug={slug} version={backTo} close={() => setBackTo(undefined)} />
    </Page>
  );
}

function Words({
  details: { champion, status, parentVersion, servable },
  slug,
}: {
  details: VersionDetails;
  slug: string;
}) {
  return (
    <Group gap="xs">
      <StateBadge state={champion ? 'champion' : status} />
      <Text span>
        Trained from{' '}
        {parentVersion === 0 ? (
          'the base model'
        ) : (
          <Anchor component={Link} to={assistantPath(slug, `versions/${parentVersion}`)}>
            {versionName(parentVersion).toLowerCase()}
          </Anchor>
        )}
        {servable ? '.' : '. Made for another base model than the one served here: it can’t be put to work.'}
      </Text>
    </Group>
  );
}

const FILES = [
  { words: 'GGUF', from: 'adapter.gguf', ending: '.gguf' },
  { words: 'PEFT', from: 'adapter.peft.tar', ending: '-peft.tar' },
];

function Downloads({ path, slug, version }: { path: string; slug: string; version: number }) {
  const save = useWrite(({ from, name }: { from: string; name: string }) => api.download(`${path}/${from}`, name));
  return (
    <>
      {FILES.map(({ words, from, ending }) => (
        <Button
          {...{ key: from, variant: 'default', loading: save.isPending && save.variables.from === from }}
          onClick={() => save.mutate({ from, name: `${slug}-v${version}${ending}` })}
        >
          Download {words}
        </Button>
      ))}
    </>
  );
}
