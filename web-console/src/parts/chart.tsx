// A chart with its numbers beside it as a table. The drawing is loaded when the first chart is shown.
import { Button, Group, Paper, Table, Title, useComputedColorScheme } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useEffect, useId, useRef, useState } from 'react';

export interface Series {
  name: string;
  /** As long as `x`; null where there is nothing. */
  values: (number | null)[];
}

interface ChartProps {
  title: string;
  xName: string;
  /** Rising. */
  x: number[];
  series: Series[];
  format?: (value: number) => string;
}

const LINES: Record<'light' | 'dark', string[]> = {
  light: ['#4338ca', '#0a6b42', '#a8201a', '#7a4a00', '#0b5563'],
  dark: ['#a5b4fc', '#7be0ae', '#ffb4ab', '#f3c87a', '#99e9f2'],
};
const AXIS = { light: '#575b6d', dark: '#a9aec2' };
const GRID = { light: '#e4e5ec', dark: '#2b2d38' };
const LINE_PX = 2;
const HEIGHT_PX = 220;
const ROWS_MAX = 200;

const plain = (value: number) => String(Number(value.toPrecision(4)));

export function Chart({ format = plain, ...shown }: ChartProps) {
  const id = useId();
  const [isTable, setIsTable] = useState(false);
  const { title, series } = shown;
  return (
    <Paper component="figure" withBorder radius="md" p="md" m={0} aria-labelledby={id}>
      <Group justify="space-between" mb="xs">
        <Title order={3} size="h5" id={id}>
          {title}
        </Title>
        <Button size="compact-sm" variant="default" aria-expanded={isTable} onClick={() => setIsTable(!isTable)}>
          {isTable ? 'Hide the numbers' : 'Show the numbers'}
        </Button>
      </Group>
      <Drawing {...shown} />
      <Legend names={series.map(({ name }) => name)} />
      {isTable && <Numbers {...shown} format={format} />}
    </Paper>
  );
}

function Drawing({ title, x, series }: ChartProps) {
  const scheme = useComputedColorScheme('light');
  const place = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(place, measured);
  useEffect(() => {
    const home = place.current;
    if (!home || width === 0) return undefined;
    let destroy: (() => void) | undefined;
    let isGone = false;
    void Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]).then(([{ default: UPlot }]) => {
      if (isGone) return;
      const axis = { stroke: AXIS[scheme], grid: { stroke: GRID[scheme] }, ticks: { stroke: GRID[scheme] } };
      const options = {
        ...{ width, height: HEIGHT_PX, legend: { show: false }, cursor: { show: false } },
        ...{ scales: { x: { time: false } }, axes: [axis, axis] },
        series: [
          {},
          ...series.map(({ name }, index) => ({
            ...{ label: name, stroke: LINES[scheme][index % LINES[scheme].length], width: LINE_PX, spanGaps: true },
          })),
        ],
      };
      const drawn = new UPlot(options, [x, ...series.map(({ values }) => values)], home);
      destroy = () => drawn.destroy();
    });
    return () => {
      isGone = true;
      destroy?.();
    };
  }, [width, scheme, x, series]);
  return <div ref={ref} role="img" aria-label={`${title}; the numbers are in the table`} />;
}

function Legend({ names }: { names: string[] }) {
  const scheme = useComputedColorScheme('light');
  return (
    <Group gap="md" mt="xs">
      {names.map((name, index) => (
        <Group key={name} gap={6}>
          <span
            aria-hidden
            style={{ width: 12, height: 3, background: LINES[scheme][index % LINES[scheme].length], borderRadius: 2 }}
          />
          <span>{name}</span>
        </Group>
      ))}
    </Group>
  );
}

const numberOr = (value: number | null | undefined, format: (value: number) => string) =>
  value === null || value === undefined ? '–' : format(value);

/** The numbers themselves; of very many, every n-th. */
function Numbers({ title, xName, x, series, format = plain }: ChartProps) {
  const step = Math.ceil(x.length / ROWS_MAX);
  const rows = x.flatMap((at, index) => (index % step === 0 || index === x.length - 1 ? [{ at, index }] : []));
  return (
    <Table mt="sm" aria-label={title}>
      <Table.Thead>
        <Table.Tr>
          {[xName, ...series.map(({ name }) => name)].map((name) => (
            <Table.Th key={name} scope="col">
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody className="number">
        {rows.map(({ at, index }) => (
          <Table.Tr key={at}>
            <Table.Th scope="row">{plain(at)}</Table.Th>
            {series.map(({ name, values }) => (
              <Table.Td key={name}>{numberOr(values[index], format)}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
