// Differences slice by slice, the worst first, each with where it certainly lies.
import type { Delta } from '../../api/schemas/versions.js';
import { DataTable } from '../../parts/data-table.js';
import { Interval, points } from '../../parts/interval.js';
import { versionName } from '../../words.js';

export function Deltas({ deltas }: { deltas: Delta[] }) {
  return (
    <DataTable
      label="Differences, the worst first"
      rows={deltas}
      keyOf={({ version, slice }) => `${version} ${slice ?? ''}`}
      empty="No held-out question was asked of both. Ask them below."
      columns={[
        { title: 'Slice', isHeader: true, cell: ({ slice }) => slice ?? 'All together' },
        { title: 'Version', cell: ({ version }) => versionName(version) },
        { title: 'Questions', isNumber: true, cell: ({ items }) => items },
        { title: 'Lost', isNumber: true, cell: ({ losses }) => losses },
        { title: 'Won', isNumber: true, cell: ({ wins }) => wins },
        { title: 'Difference', isNumber: true, cell: ({ difference }) => points(difference) },
        { title: '95 % interval', cell: ({ interval }) => <Interval range={interval} /> },
      ]}
    />
  );
}
