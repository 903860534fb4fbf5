// What a rollout is judged by: both arms, their difference with its interval, and how near the evidence of harm is to its limit.
import { SimpleGrid, Text } from '@mantine/core';
import type { Metric, RolloutDetail } from '../../api/schemas/versions.js';
import { ToneBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { ends, Interval, points } from '../../parts/interval.js';
import { percent } from '../../words.js';
import { evidence } from './evidence.js';

interface Tile {
  title: string;
  words: string;
  metric: Metric;
  goodIsLess: boolean;
}

function tilesOf({ evidence: { ratings, failures, slowness } }: RolloutDetail): Tile[] {
  return [
    { title: 'Ratings', words: '👍 of rated conversations', metric: ratings, goodIsLess: false },
    { title: 'Failures', words: 'first answers that failed or were empty', metric: failures, goodIsLess: true },
    {
      ...{ title: 'Slowness', metric: slowness, goodIsLess: true },
      words: slowness.limitMs === null ? 'first answers that are slow' : `first answers beyond ${slowness.limitMs} ms`,
    },
  ];
}

export function Metrics({ rollout }: { rollout: RolloutDetail }) {
  const tiles = tilesOf(rollout);
  return (
    <>
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        {tiles.map((tile) => (
          <MetricTile key={tile.title} tile={tile} />
        ))}
      </SimpleGrid>
      <DataTable
        label="The same as numbers"
        rows={tiles}
        keyOf={({ title }) => title}
        columns={[
          { title: 'Metric', isHeader: true, cell: ({ title }) => title },
          { title: 'Canary', isNumber: true, cell: ({ metric }) => arm(metric.canary) },
          { title: 'Champion', isNumber: true, cell: ({ metric }) => arm(metric.control) },
          {
            title: 'Difference',
            isNumber: true,
            cell: ({ metric: { difference } }) => (difference === null ? '–' : points(difference)),
          },
          {
            title: 'Interval',
            isNumber: true,
            cell: ({ metric: { interval } }) => ends(interval),
          },
          {
            title: 'Evidence of harm',
            isNumber: true,
            cell: ({ metric }) => `${evidence(metric.eValue)} of ${metric.threshold}`,
          },
        ]}
      />
    </>
  );
}

const arm = ({ n, mean }: Metric['canary']) => (mean === null ? `– of ${n}` : `${percent(mean)} of ${n}`);

function MetricTile({ tile: { title, words, metric, goodIsLess } }: { tile: Tile }) {
  const { canary, control, difference, interval, eValue, threshold } = metric;
  const isHarm = eValue >= threshold;
  return (
    <Card
      title={title}
      actions={<ToneBadge tone={isHarm ? 'bad' : 'plain'}>{isHarm ? 'Harm' : 'No harm seen'}</ToneBadge>}
    >
      <Text size="sm" c="dimmed">
        {words}
      </Text>
      <Text className="number" size="xl" fw={640}>
        {difference === null ? 'Not enough data yet' : points(difference)}
      </Text>
      {difference !== null && <Interval range={interval} goodIsLess={goodIsLess} />}
      <Text size="sm" className="number">
        {arm(canary)} against {arm(control)}
      </Text>
      <Text size="sm" c="dimmed" className="number">
        Evidence of harm {evidence(eValue)}; it is rolled back at {threshold}.
      </Text>
    </Card>
  );
}
