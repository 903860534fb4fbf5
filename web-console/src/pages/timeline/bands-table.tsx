// The bands as a table: which version served from when to when, for which share of new conversations.
import type { Band } from '../../api/schemas/versions.js';
import { DataTable } from '../../parts/data-table.js';
import { exactly, percent } from '../../words.js';
import { VersionLink } from '../version-link.js';
import { keyOf } from './bands-chart.js';

const ROWS_FIRST = 6;

export function BandsTable({ bands, slug }: { bands: Band[]; slug: string }) {
  return (
    <DataTable
      label="Who served, newest first"
      rows={[...bands].reverse()}
      rowsFirst={ROWS_FIRST}
      keyOf={keyOf}
      columns={[
        { title: 'Version', isHeader: true, cell: (band) => <VersionLink version={band.version} slug={slug} /> },
        { title: 'As', cell: ({ kind }) => (kind === 'champion' ? 'Champion' : 'Canary') },
        { title: 'Of new conversations', isNumber: true, cell: (band) => shareOf(band, bands) },
        { title: 'From', cell: ({ from }) => (from ? exactly(from) : 'the beginning') },
        { title: 'To', cell: ({ to }) => (to ? exactly(to) : 'now') },
      ]}
    />
  );
}

/** The champion's share is what canaries of its time left. */
function shareOf({ kind, share, ...time }: Band, bands: Band[]): string {
  if (kind === 'champion')
    return bands.some((band) => band.kind === 'canary' && meet(band, time)) ? 'what the canary left' : 'all';
  return share === 0 ? 'none: paused' : percent(share);
}

type Stretch = Pick<Band, 'from' | 'to'>;
const meet = (a: Stretch, b: Stretch) =>
  (a.from?.getTime() ?? 0) < (b.to?.getTime() ?? Infinity) && (b.from?.getTime() ?? 0) < (a.to?.getTime() ?? Infinity);
