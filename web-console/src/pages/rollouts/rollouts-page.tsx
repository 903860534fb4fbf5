// All rollouts: versions that answered a share of conversations before it was decided what becomes of them.
import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { useRead } from '../../api/read.js';
import { rolloutListSchema } from '../../api/schemas/versions.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { assistantPath } from '../../shell/navigation.js';
import { versionName } from '../../words.js';
import { useAssistantBase } from '../assistant-base.js';
import { RolloutBadge } from './rollout-badge.js';

export default function RolloutsPage() {
  const { slug, base } = useAssistantBase();
  const rollouts = useRead(`${base}/rollouts`, rolloutListSchema, { live: ['rollout', 'deployment'] });
  return (
    <Page title="Rollouts" words="A new version answers a few conversations first; harm ends it by itself.">
      <Loaded of={rollouts}>
        {(data) => (
          <DataTable
            label="Rollouts, newest first"
            rows={data.rollouts}
            keyOf={({ id }) => id}
            empty="No rollout yet. Start one on the page of a candidate version."
            columns={[
              {
                ...{ title: 'Version', isHeader: true },
                cell: ({ id, version, fromVersion }) => (
                  <Anchor component={Link} to={assistantPath(slug, `rollouts/${id}`)} inherit>
                    {versionName(version)} against {versionName(fromVersion).toLowerCase()}
                  </Anchor>
                ),
              },
              { title: 'State', cell: ({ state }) => <RolloutBadge state={state} /> },
              {
                title: 'Of new conversations',
                isNumber: true,
                cell: ({ percent, endedAt }) => (endedAt ? '–' : `${percent} %`),
              },
              { title: 'Why', cell: ({ reason }) => reason },
              { title: 'Begun', cell: ({ createdAt }) => <Moment at={createdAt} /> },
              { title: 'By', cell: ({ actor }) => actor },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
