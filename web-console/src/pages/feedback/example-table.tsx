// Examples of the pool, one a row: what was asked, what is right, what was said instead, and what became of it.
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { PooledExample } from '../../api/schemas/training.js';
import { ToneBadge, VersionBadge } from '../../parts/badges.js';
import { DataTable } from '../../parts/data-table.js';
import { Moment } from '../../parts/moment.js';

const SPLITS: Record<PooledExample['split'], string> = {
  train: 'To train on',
  heldout: 'For the gate only',
  audit: 'Sealed, for reports only',
};

interface ExampleTableProps {
  examples: PooledExample[];
  decide: (order: 'release' | 'discard', example: PooledExample) => void;
}

export function ExampleTable({ examples, decide }: ExampleTableProps) {
  return (
    <DataTable
      label="Examples"
      rows={examples}
      keyOf={({ id }) => id}
      empty="No example like that. They come from ratings and corrections of answers."
      columns={[
        { title: 'Question', isHeader: true, cell: ({ question }) => <Text lineClamp={4}>{question || '–'}</Text> },
        { title: 'Answer', cell: (example) => <Answers example={example} /> },
        { title: 'Topic', cell: ({ slice }) => slice },
        { title: 'State', cell: (example) => <State example={example} /> },
        { title: 'Used in', cell: ({ usedIn }) => <Versions usedIn={usedIn} /> },
        { title: 'Weight', isNumber: true, cell: ({ weight }) => weight.toFixed(2) },
        { title: 'Made', cell: (example) => <Origin example={example} /> },
        {
          ...{ title: 'Decisions', isTitleHidden: true },
          cell: (example) => isHeldBack(example) && <Decisions example={example} decide={decide} />,
        },
      ]}
    />
  );
}

const isHeldBack = ({ status, quarantineReason }: PooledExample) =>
  status === 'quarantined' && quarantineReason !== 'discarded';

function Answers({ example: { kind, completion, rejected, desirable } }: { example: PooledExample }) {
  return (
    <Stack gap={4}>
      <Text lineClamp={4}>
        {kind === 'binary' && <b>{desirable ? 'Liked: ' : 'Disliked: '}</b>}
        {completion}
      </Text>
      {rejected && (
        <Text size="sm" c="dimmed" lineClamp={3}>
          Instead of: {rejected}
        </Text>
      )}
    </Stack>
  );
}

function State({ example: { status, split, quarantineReason, detail } }: { example: PooledExample }) {
  if (status === 'accepted')
    return (
      <Stack gap={2} align="flex-start">
        <ToneBadge tone="good">Accepted</ToneBadge>
        <Text size="sm" c="dimmed">
          {SPLITS[split]}
        </Text>
      </Stack>
    );
  return (
    <Stack gap={2} align="flex-start">
      <ToneBadge tone="warn">{quarantineReason === 'discarded' ? 'Discarded' : 'Held back'}</ToneBadge>
      <Text size="sm" maw={260}>
        {detail ?? quarantineReason?.replaceAll('_', ' ')}
      </Text>
    </Stack>
  );
}

function Origin({ example: { createdAt, conversationId, raterKind } }: { example: PooledExample }) {
  return (
    <Stack gap={2}>
      <Moment at={createdAt} />
      <Anchor component={Link} to={`/conversations/${conversationId}`} size="sm">
        {raterKind === 'customer' ? 'Rated in a chat' : 'Corrected in a chat'}
      </Anchor>
    </Stack>
  );
}

function Versions({ usedIn }: { usedIn: number[] }) {
  if (usedIn.length === 0) return <Text c="dimmed">None yet</Text>;
  return (
    <Group gap={4}>
      {usedIn.map((version) => (
        <VersionBadge key={version} version={version} />
      ))}
    </Group>
  );
}

function Decisions({ example, decide }: { example: PooledExample; decide: ExampleTableProps['decide'] }) {
  const about = `: ${example.question.slice(0, 60)}`;
  return (
    <Group gap={6} wrap="nowrap">
      <Button size="compact-sm" aria-label={`Release${about}`} onClick={() => decide('release', example)}>
        Release
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`Discard${about}`}
        onClick={() => decide('discard', example)}
      >
        Discard
      </Button>
    </Group>
  );
}
