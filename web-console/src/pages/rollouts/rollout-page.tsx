// One rollout: how far it is, what its conversations say so far, and the decisions that an operator may take.
import { Alert, Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useRead } from '../../api/read.js';
import { rolloutDetailSchema, type RolloutDetail } from '../../api/schemas/versions.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { ReasonDialog, type Decision } from '../../parts/reason-dialog.js';
import { versionName } from '../../words.js';
import { useAssistantBase } from '../assistant-base.js';
import { Decisions } from '../assistants/decisions.js';
import { useOrder } from '../versions/decisions.js';
import { Metrics } from './metrics.js';
import { RolloutBadge } from './rollout-badge.js';
import { Steps } from './steps.js';

export default function RolloutPage() {
  const { base } = useAssistantBase();
  const { id = '' } = useParams();
  const path = `${base}/rollouts/${encodeURIComponent(id)}`;
  const rollout = useRead(path, rolloutDetailSchema, { live: ['rollout', 'rating', 'deployment'] });
  const [decision, setDecision] = useState<Decision>();
  const { data } = rollout;
  return (
    <Page
      title={data ? `${versionName(data.version)} on canary` : 'Rollout'}
      words={data && `Compared with ${versionName(data.fromVersion).toLowerCase()}.`}
      actions={data && <Orders {...{ rollout: data, path, decide: setDecision }} />}
    >
      <Loaded of={rollout}>
        {(all) => (
          <Stack gap="lg">
            <Summary rollout={all} />
            <Steps rollout={all} />
            <Metrics rollout={all} />
            <Card title="What was done">
              <Decisions deployments={all.history} />
            </Card>
          </Stack>
        )}
      </Loaded>
      <ReasonDialog decision={decision} close={() => setDecision(undefined)} />
    </Page>
  );
}

const GROUNDS: Record<string, string> = { rolled_back: 'red', promoted: 'green', waiting: 'yellow', paused: 'yellow' };

function Summary({ rollout: { state, summary, enoughData, endedAt } }: { rollout: RolloutDetail }) {
  return (
    <Alert color={GROUNDS[state] ?? 'gray'} role="status">
      <Stack gap="xs">
        <div>
          <RolloutBadge state={state} />
        </div>
        {!endedAt && !enoughData && <Text fw={600}>Not enough data yet to go on.</Text>}
        <Text>{summary}</Text>
      </Stack>
    </Alert>
  );
}

interface OrdersProps {
  rollout: RolloutDetail;
  path: string;
  decide: (decision: Decision) => void;
}

interface Order {
  order: string;
  words: string;
  states: string[];
  consequence: string;
  isDanger?: boolean;
}

/** What may be ordered, in the order in which the buttons stand. */
function ordersOf({ version, fromVersion, steps, step }: RolloutDetail): Order[] {
  const [canary, champion] = [versionName(version), versionName(fromVersion).toLowerCase()];
  const next = steps[step + 1]?.percent ?? 100;
  const live = ['running', 'waiting', 'paused'];
  const isLast = next === 100;
  return [
    {
      ...{ order: 'continue', words: isLast ? 'Next step: champion' : `Next step: ${next} %`, states: live },
      consequence: isLast ? `${canary} becomes champion.` : `${canary} answers ${next} % of new conversations.`,
    },
    {
      ...{ order: 'pause', words: 'Pause', states: ['running', 'waiting'] },
      consequence: `No new conversation goes to ${canary.toLowerCase()}; those it has go on with it.`,
    },
    { order: 'resume', words: 'Resume', states: ['paused'], consequence: `${canary} gets new conversations again.` },
    {
      ...{ order: 'promote', words: 'Promote', states: live },
      consequence: `${canary} becomes champion now, whatever the evidence, and answers everybody.`,
    },
    {
      ...{ order: 'abort', words: 'Abort', states: [...live, 'queued'], isDanger: true },
      consequence: `The canary ends; ${champion} answers everybody from the next question on.`,
    },
  ];
}

function Orders({ rollout, path, decide }: OrdersProps) {
  const write = useOrder(path);
  return ordersOf(rollout)
    .filter(({ states }) => states.includes(rollout.state))
    .map(({ order, words, consequence, isDanger }) => (
      <Button
        {...{ key: order, variant: 'default', color: isDanger ? 'red' : undefined }}
        onClick={() =>
          decide({
            ...{ title: `${words}?`, consequence, action: words, isDanger },
            carryOut: (reason) => write.mutateAsync({ path: `/${order}`, body: { reason } }),
          })
        }
      >
        {words}
      </Button>
    ));
}
