// How the service is: its nodes, what waits, the database, the disk.
import { Alert, Group, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRead } from '../../api/read.js';
import { serviceHealthSchema, type ServiceHealth, type ServiceNode } from '../../api/schemas/operations.js';
import { ToneBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Facts, type Fact } from '../../parts/facts.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { size } from '../../words.js';

/** Below this share of free space somebody should act. */
const DISK_FREE_SHARE_MIN = 0.1;
const CONNECTIONS_SHARE_MAX = 0.9;

export default function HealthPage() {
  const health = useRead('/api/v1/health', serviceHealthSchema, { live: ['node', 'run'] });
  return (
    <Page title="Health" words={health.data && <Summary health={health.data} />}>
      <Loaded of={health}>
        {(data) => (
          <>
            {warnings(data).map((sentence) => (
              <Alert key={sentence} color="red" role="alert">
                {sentence}
              </Alert>
            ))}
            <Card title="Nodes">
              <Nodes nodes={data.nodes} />
            </Card>
            <SimpleGrid cols={{ base: 1, md: 3 }}>
              <Card title="Work that waits">
                <Facts facts={queueFacts(data)} />
              </Card>
              <Card title="Database">
                <Facts facts={databaseFacts(data)} />
              </Card>
              <Card title="What it runs on">
                <Facts facts={machineFacts(data)} />
              </Card>
            </SimpleGrid>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Summary({ health: { nodes, version } }: { health: ServiceHealth }) {
  const living = nodes.filter(({ silent }) => !silent).length;
  return (
    <>
      Version {version} · {living} of {nodes.length} {nodes.length === 1 ? 'node' : 'nodes'} heard of lately
    </>
  );
}

/** What somebody should do something about. */
function warnings({ nodes, database }: ServiceHealth): string[] {
  const full = nodes.filter(({ health }) => health && health.diskFreeBytes < DISK_FREE_SHARE_MIN * health.diskBytes);
  return [
    ...nodes.filter(({ silent }) => silent).map(({ name }) => `${name} has not reported for a while.`),
    ...full.map(
      ({ name, health }) => `The disk of ${name} is nearly full: ${size(health?.diskFreeBytes ?? 0)} are free.`,
    ),
    ...(database.connections > CONNECTIONS_SHARE_MAX * database.connectionsMax
      ? [`The database has nearly as many connections as it allows (${database.connectionsMax}).`]
      : []),
  ];
}

function Nodes({ nodes }: { nodes: ServiceNode[] }) {
  const of = (read: (health: NonNullable<ServiceNode['health']>) => ReactNode) => (node: ServiceNode) =>
    node.health ? read(node.health) : '–';
  return (
    <DataTable
      label="Nodes"
      rows={nodes}
      keyOf={({ id }) => id}
      empty="No node has reported yet."
      columns={[
        { title: 'Node', isHeader: true, cell: (node) => <Name node={node} /> },
        { title: 'Roles', cell: ({ roles }) => roles.join(', ') },
        {
          title: 'Answers being written',
          isNumber: true,
          cell: of(({ busySlots, slots }) => `${busySlots} of ${slots}`),
        },
        { title: 'Waiting', isNumber: true, cell: of(({ queued }) => queued) },
        { title: 'Versions loaded', isNumber: true, cell: of(({ loadedVersions }) => loadedVersions) },
        { title: 'Threads', isNumber: true, cell: of(({ threads }) => threads) },
        { title: 'Memory', isNumber: true, cell: of(({ residentBytes }) => size(residentBytes)) },
        {
          ...{ title: 'Disk free', isNumber: true },
          cell: of(({ diskFreeBytes, diskBytes }) => `${size(diskFreeBytes)} of ${size(diskBytes)}`),
        },
        { title: 'Up since', cell: ({ startedAt }) => <Moment at={startedAt} /> },
      ]}
    />
  );
}

function Name({ node: { name, silent, asked, seenAt } }: { node: ServiceNode }) {
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        {name}
        {silent ? <ToneBadge tone="bad">Silent</ToneBadge> : <ToneBadge tone="good">Alive</ToneBadge>}
        {asked && <ToneBadge>Answers you</ToneBadge>}
      </Group>
      {silent && (
        <Text size="sm" c="dimmed">
          heard of <Moment at={seenAt} />
        </Text>
      )}
    </>
  );
}

function queueFacts({ queue, nodes }: ServiceHealth): Fact[] {
  const answers = nodes.reduce((sum, { health }) => sum + (health?.queued ?? 0), 0);
  return [
    ['Answers waiting for a slot', answers],
    ['Training runs waiting', queue.waiting],
    ['Training runs at work', queue.working],
    ['Training runs paused', queue.paused],
    ['Corrections to remember', queue.toRemember],
  ];
}

function databaseFacts({
  database: { latencyMs, version, bytes, connections, connectionsMax },
}: ServiceHealth): Fact[] {
  return [
    ['Answers in', latencyMs === null ? 'not at all' : `${latencyMs} ms`],
    ['PostgreSQL', version],
    ['Size', size(bytes)],
    ['Connections', `${connections} of ${connectionsMax}`],
  ];
}

function machineFacts({ nodes, memory }: ServiceHealth): Fact[] {
  const health = (nodes.find(({ asked }) => asked) ?? nodes[0])?.health;
  const backend = health?.trainingBackend;
  return [
    ['Engine', health?.engine ?? '–'],
    ['Chat kernels', health?.chatKernels ?? '–'],
    ['Training', backend ? `${backend.name}: ${backend.reason}` : '–'],
    ['Memory of corrections', memory.on ? 'on' : `off: ${memory.reason ?? ''}`],
  ];
}
