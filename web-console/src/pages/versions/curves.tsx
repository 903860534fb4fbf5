// How training went, and how held-out questions did from version to version.
import { SimpleGrid } from '@mantine/core';
import { useMemo } from 'react';
import type { VersionDetails } from '../../api/schemas/versions.js';
import { Chart } from '../../parts/chart.js';
import { LossChart } from '../../parts/loss-chart.js';

export function Curves({ details: { run, lineage } }: { details: VersionDetails }) {
  const heldOut = useMemo(() => {
    const judged = [...lineage].reverse().filter((each) => each.heldOut !== null);
    return {
      x: judged.map(({ version }) => version),
      series: [{ name: 'Held-out questions right, %', values: judged.map(({ heldOut: of }) => share(of)) }],
    };
  }, [lineage]);
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <LossChart title="Training loss" curve={run?.lossCurve ?? []} />
      {heldOut.x.length > 0 && <Chart title="Held-out questions, version by version" xName="Version" {...heldOut} />}
    </SimpleGrid>
  );
}

const share = (of: { items: number; right: number } | null) =>
  of && of.items > 0 ? (100 * of.right) / of.items : null;
