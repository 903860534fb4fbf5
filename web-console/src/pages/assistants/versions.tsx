// The adapter versions of an assistant, newest first, the base model last, with what can be done with each.
import { Button, Group, Text } from '@mantine/core';
import type { AdapterVersion } from '../../api/schemas/assistants.js';
import { StateBadge } from '../../parts/badges.js';
import { DataTable } from '../../parts/data-table.js';
import { Moment } from '../../parts/moment.js';
import { size, versionName } from '../../words.js';
import { VersionLink } from '../version-link.js';
import { GateCell, withBase } from '../versions/version-rows.js';

interface VersionsProps {
  slug: string;
  versions: AdapterVersion[];
  champion: number;
  promote: (version: number) => void;
  rollBack: (version: number) => void;
}

export function Versions({ slug, versions, champion, promote, rollBack }: VersionsProps) {
  return (
    <DataTable
      label="Adapter versions"
      rows={withBase(versions, champion)}
      keyOf={({ version }) => version}
      columns={[
        { title: 'Version', isHeader: true, cell: (each) => <Name {...{ each, champion, slug }} /> },
        { title: 'Gate', cell: (each) => <GateCell each={each} /> },
        {
          title: 'Parent',
          cell: ({ version, parentVersion }) => (version === 0 ? '–' : versionName(parentVersion ?? 0)),
        },
        { title: 'Size', isNumber: true, cell: ({ sizeBytes }) => (sizeBytes ? size(sizeBytes) : '–') },
        { title: 'Created', cell: ({ createdAt }) => <Moment at={createdAt} /> },
        {
          ...{ title: 'Actions', isTitleHidden: true },
          cell: (each) => <Action {...{ each, champion, promote, rollBack }} />,
        },
      ]}
    />
  );
}

interface NameProps {
  each: AdapterVersion;
  champion: number;
  slug: string;
}

function Name({ each: { version, status }, champion, slug }: NameProps) {
  const isChampion = version === champion;
  return (
    <Group gap="xs" wrap="nowrap">
      <VersionLink {...{ version, slug }} />
      {isChampion ? <StateBadge state="champion" /> : version > 0 && <StateBadge state={status} />}
    </Group>
  );
}

interface ActionProps extends Omit<VersionsProps, 'versions' | 'slug'> {
  each: AdapterVersion;
}

/** What may be done with a version: one that was refused, nothing. */
function Action({ each: { version, status }, champion, promote, rollBack }: ActionProps) {
  const name = versionName(version);
  if (version === champion) return <Text c="dimmed">Answers now</Text>;
  if (status === 'rejected') return <Text c="dimmed">Not promotable</Text>;
  if (version === 0 || status === 'retired')
    return (
      <Button variant="default" aria-label={`Roll back to ${name}`} onClick={() => rollBack(version)}>
        Roll back
      </Button>
    );
  return (
    <Button aria-label={`Promote: ${name}`} onClick={() => promote(version)}>
      Promote
    </Button>
  );
}
