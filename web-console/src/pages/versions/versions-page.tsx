// All versions of an assistant: what became of each, what can be done with it, and which to compare.
import { Button, Checkbox, Menu } from '@mantine/core';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { AdapterVersion } from '../../api/schemas/assistants.js';
import { StateBadge } from '../../parts/badges.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { ReasonDialog, type Decision } from '../../parts/reason-dialog.js';
import { assistantPath } from '../../shell/navigation.js';
import { versionName } from '../../words.js';
import { useAssistantBase } from '../assistant-base.js';
import { useVersions } from '../shared-reads.js';
import { VersionLink } from '../version-link.js';
import { useVersionDecisions } from './decisions.js';
import RollbackDialog from './rollback-dialog.js';
import { GateCell, withBase } from './version-rows.js';

const COMPARED_MAX = 5;

export default function VersionsPage() {
  const { slug, base } = useAssistantBase();
  const versions = useVersions(base);
  const [compared, setCompared] = useState<number[]>([]);
  const [decision, setDecision] = useState<Decision>();
  const [backTo, setBackTo] = useState<number>();
  const navigate = useNavigate();
  const champion = versions.data?.championVersion ?? 0;
  const toggle = (version: number) =>
    setCompared(compared.includes(version) ? compared.filter((each) => each !== version) : [...compared, version]);
  const compare = () => {
    const ordered = [...compared].sort((a, b) => a - b).join(',');
    void navigate(`${assistantPath(slug, 'compare')}?versions=${ordered}`);
  };
  return (
    <Page
      title="Versions"
      words={versions.data ? `${versionName(champion)} answers now.` : 'Loading…'}
      actions={
        <Button variant="default" disabled={compared.length < 2 || compared.length > COMPARED_MAX} onClick={compare}>
          Compare {compared.length > 0 && `(${compared.length})`}
        </Button>
      }
    >
      <Loaded of={versions}>
        {(data) => (
          <DataTable
            label="Versions, newest first"
            rows={withBase(data.versions, champion)}
            keyOf={({ version }) => version}
            columns={[
              {
                ...{ title: 'Compare', isTitleHidden: true },
                cell: ({ version }) => (
                  <Checkbox
                    aria-label={`Compare ${versionName(version)}`}
                    checked={compared.includes(version)}
                    disabled={!compared.includes(version) && compared.length >= COMPARED_MAX}
                    onChange={() => toggle(version)}
                  />
                ),
              },
              { title: 'Version', isHeader: true, cell: ({ version }) => <VersionLink {...{ version, slug }} /> },
              {
                title: 'State',
                cell: ({ version, status }) => <StateBadge state={version === champion ? 'champion' : status} />,
              },
              { title: 'Gate', cell: (each) => <GateCell each={each} /> },
              {
                title: 'From',
                cell: ({ version, parentVersion }) => (version === 0 ? '–' : versionName(parentVersion ?? 0)),
              },
              { title: 'Made', cell: ({ createdAt }) => <Moment at={createdAt} /> },
              {
                ...{ title: 'Actions', isTitleHidden: true },
                cell: (each) => <Actions {...{ slug, each, champion, decide: setDecision, rollBack: setBackTo }} />,
              },
            ]}
          />
        )}
      </Loaded>
      <ReasonDialog decision={decision} close={() => setDecision(undefined)} />
      <BackTo slug={slug} version={backTo} close={() => setBackTo(undefined)} />
    </Page>
  );
}

interface BackToProps {
  slug: string;
  /** Undefined: closed. */
  version: number | undefined;
  close: () => void;
}

/** Goes back to a version of one's choice, confirmed node by node. */
export function BackTo({ slug, version, close }: BackToProps) {
  if (version === undefined) return null;
  return (
    <RollbackDialog
      {...{ slug, toVersion: version, close, title: `Roll back to ${versionName(version).toLowerCase()}` }}
    />
  );
}

interface ActionsProps {
  slug: string;
  each: Pick<AdapterVersion, 'version' | 'status'>;
  champion: number;
  decide: (decision: Decision) => void;
  rollBack: (version: number) => void;
}

/** What may be done with a version: one that was refused, nothing. */
export function Actions({ slug, each: { version, status }, champion, decide, rollBack }: ActionsProps) {
  const decisions = useVersionDecisions(slug, champion);
  const name = versionName(version);
  if (version === champion || status === 'rejected') return null;
  if (status === 'canary')
    return (
      <Button component={Link} to={assistantPath(slug, 'rollouts')} variant="default" size="compact-md">
        Rollout
      </Button>
    );
  if (version === 0 || status === 'retired')
    return (
      <Button
        {...{ variant: 'default', size: 'compact-md', 'aria-label': `Roll back to it: ${name}` }}
        onClick={() => rollBack(version)}
      >
        Roll back to it
      </Button>
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-md" aria-label={`Put to work: ${name}`}>
          Put to work
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => decide(decisions.canary(version, false))}>Canary, step by step</Menu.Item>
        <Menu.Item onClick={() => decide(decisions.canary(version, true))}>Canary, each step by hand</Menu.Item>
        <Menu.Item onClick={() => decide(decisions.promote(version))}>Promote at once</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
