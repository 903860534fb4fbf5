// The loss over the steps, as a drawing and as a table.
import { useMemo } from 'react';
import type { LossPoint } from '../api/schemas/training.js';
import { Chart } from './chart.js';

/** A line needs two ends. */
const POINTS_MIN = 2;

export function LossChart({ title = 'Loss', curve }: { title?: string; curve: LossPoint[] }) {
  const { x, series } = useMemo(
    () => ({
      x: curve.map(([step]) => step),
      series: [{ name: 'Loss, nats a token', values: curve.map(([, loss]) => loss) }],
    }),
    [curve],
  );
  if (curve.length < POINTS_MIN) return null;
  return <Chart title={title} xName="Step" x={x} series={series} format={(loss) => loss.toFixed(3)} />;
}
