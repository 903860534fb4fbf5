// The chosen versions in one table: held-out questions, general ability, and customers.
import type { ComparedVersion } from '../../api/schemas/versions.js';
import { StateBadge } from '../../parts/badges.js';
import { DataTable } from '../../parts/data-table.js';
import { VersionLink } from '../version-link.js';

export function ComparedVersions({ versions, slug }: { versions: ComparedVersion[]; slug: string }) {
  return (
    <DataTable
      label="The versions that are compared"
      rows={versions}
      keyOf={({ version }) => version}
      columns={[
        { title: 'Version', isHeader: true, cell: ({ version }) => <VersionLink {...{ version, slug }} /> },
        {
          title: 'State',
          cell: ({ status }) => (status === 'base' ? 'As it was made' : <StateBadge state={status} />),
        },
        {
          ...{ title: 'Held-out questions right', isNumber: true },
          cell: ({ heldOut: { items, right } }) => (items === 0 ? '–' : `${right} of ${items}`),
        },
        {
          ...{ title: 'General answers, −log p', isNumber: true },
          cell: ({ general }) => general?.nll.toFixed(3) ?? '–',
        },
        {
          ...{ title: 'Drift from the base, KL', isNumber: true },
          cell: ({ general }) => general?.klToBase.toFixed(3) ?? '–',
        },
        {
          ...{ title: '👍 of customers, 30 days', isNumber: true },
          cell: ({ usage: { up, down } }) =>
            up + down === 0 ? '–' : `${Math.round((100 * up) / (up + down))} % of ${up + down}`,
        },
      ]}
    />
  );
}
