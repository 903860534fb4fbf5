// The bands as a table: which version served from when to when, for which share of new conversations.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Band } from '../../api/schemas/versions.js';
import { DataTable } from '../../parts/data-table.js';
import { exactly } from '../../words.js';
import { VersionLink } from '../version-link.js';
import { keyOf, percent } from './bands-chart.js';

const ROWS_FIRST = 6;

export function BandsTable({ bands, slug }: { bands: Band[]; slug: string }) {
  const [all, setAll] = useState(false);
  const newest = [...bands].reverse();
  return (
    <>
      <DataTable
        label="Who served, newest first"
        rows={all ? newest : newest.slice(0, ROWS_FIRST)}
        keyOf={keyOf}
        columns={[
          { title: 'Version', isHeader: true, cell: (band) => <VersionLink version={band.version} slug={slug} /> },
          { title: 'As', cell: ({ kind }) => (kind === 'champion' ? 'Champion' : 'Canary') },
          { title: 'Of new conversations', isNumber: true, cell: (band) => shareOf(band, bands) },
          { title: 'From', cell: ({ from }) => (from ? exactly(from) : 'the beginning') },
          { title: 'To', cell: ({ to }) => (to ? exactly(to) : 'now') },
        ]}
      />
      {newest.length > ROWS_FIRST && (
        <Button variant="default" size="compact-sm" mt="sm" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `All ${newest.length}`}
        </Button>
      )}
    </>
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
