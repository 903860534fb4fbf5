// The versions that it comes from, down to the base model, and those that came from it.
import { Text } from '@mantine/core';
import type { Ancestor } from '../../api/schemas/versions.js';
import { StateBadge } from '../../parts/badges.js';
import { DataTable } from '../../parts/data-table.js';
import { Moment } from '../../parts/moment.js';
import { versionName } from '../../words.js';
import { VersionLink } from '../version-link.js';

interface LineageProps {
  lineage: Ancestor[];
  children: number[];
  slug: string;
}

export function Lineage({ lineage, children, slug }: LineageProps) {
  return (
    <>
      <DataTable
        label="It and its parents, newest first"
        rows={lineage}
        keyOf={({ version }) => version}
        columns={[
          { title: 'Version', isHeader: true, cell: ({ version }) => <VersionLink {...{ version, slug }} /> },
          { title: 'State', cell: ({ status }) => <StateBadge state={status} /> },
          { title: 'Trained from', cell: ({ parentVersion }) => versionName(parentVersion) },
          {
            ...{ title: 'Held-out questions right', isNumber: true },
            cell: ({ heldOut }) => (heldOut ? `${heldOut.right} of ${heldOut.items}` : '–'),
          },
          { title: 'Made', cell: ({ createdAt }) => <Moment at={createdAt} /> },
        ]}
      />
      <Text mt="sm">
        {children.length === 0 ? 'No version was trained from it yet.' : 'Trained from it: '}
        {children.map((version, index) => (
          <span key={version}>
            {index > 0 && ', '}
            <VersionLink {...{ version, slug }} />
          </span>
        ))}
      </Text>
    </>
  );
}
