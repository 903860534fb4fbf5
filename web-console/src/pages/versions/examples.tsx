// What a version's run was given: counted by kind and slice, and each example with the messages that it comes from.
import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { usePages } from '../../api/pages.js';
import { lineageSchema, type GivenExamples, type LineageExample, type VersionRun } from '../../api/schemas/versions.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/load.js';
import { ShowMore } from '../../parts/show-more.js';

const PAGE = 25;
const KINDS: Record<string, string> = { sft: 'Right answer', preference: 'Better and worse', binary: '👍 or 👎' };
const SPLITS: Record<string, string> = { train: 'Trained on', heldout: 'Only asked by the gate', audit: 'Sealed' };
const GROUPS: Record<string, string> = { new: 'new', earlier: 'replayed', general: 'general' };

interface ExamplesProps {
  examples: GivenExamples[];
  run: VersionRun | null;
  path: string;
}

export function Examples({ examples, run, path }: ExamplesProps) {
  const [shown, setShown] = useState(false);
  return (
    <Stack gap="md">
      {run?.snapshotSha256 && (
        <Text size="sm">
          Dataset snapshot, SHA-256:{' '}
          <Text span ff="monospace" size="xs" style={{ overflowWrap: 'anywhere' }}>
            {run.snapshotSha256}
          </Text>
        </Text>
      )}
      <DataTable
        label="Examples by kind and slice"
        rows={examples}
        keyOf={({ kind, slice, split, group }) => `${kind} ${slice} ${split} ${group}`}
        empty="No examples are recorded for it."
        columns={[
          { title: 'Slice', isHeader: true, cell: ({ slice }) => slice },
          { title: 'Kind', cell: ({ kind }) => KINDS[kind] ?? kind },
          { title: 'Use', cell: ({ split, group }) => `${SPLITS[split] ?? split}, ${GROUPS[group] ?? group}` },
          { title: 'Examples', isNumber: true, cell: (each) => each.examples },
        ]}
      />
      {examples.length > 0 && (
        <Button variant="default" w="fit-content" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide the examples' : 'Show each example with its source messages'}
        </Button>
      )}
      {shown && <EachExample path={path} />}
    </Stack>
  );
}

function EachExample({ path }: { path: string }) {
  const lineage = usePages(`${path}/lineage`, lineageSchema, { limit: PAGE, from: 'after' });
  return (
    <div>
      <Loaded of={lineage}>
        {({ pages }) => (
          <DataTable
            label="Examples with their source messages"
            rows={pages.flatMap(({ examples }) => examples)}
            keyOf={({ id, version }) => `${version} ${id}`}
            empty="None are left."
            columns={[
              { title: 'Question', isHeader: true, cell: ({ question }) => question },
              { title: 'Answer taught', cell: ({ completion }) => completion },
              { title: 'Slice', cell: ({ slice }) => slice },
              { title: 'Comes from', cell: (example) => <Sources example={example} /> },
            ]}
          />
        )}
      </Loaded>
      <ShowMore of={lineage} />
    </div>
  );
}

/** Each message that said the same, with who rated or corrected it. */
function Sources({ example: { sources } }: { example: LineageExample }) {
  if (sources.length === 0) return <>its message is gone</>;
  return (
    <Stack gap={2}>
      {sources.map(({ messageId, conversationId, ratings, correction }) => (
        <span key={messageId}>
          <Anchor component={Link} to={`/conversations/${conversationId}`} inherit>
            Conversation {conversationId.slice(0, 8)}
          </Anchor>
          {correction ? `, corrected by ${correction.agent}` : ''}
          {ratings.length > 0 ? `, ${ratings.map(({ value }) => (value === 'up' ? '👍' : '👎')).join(' ')}` : ''}
        </span>
      ))}
    </Stack>
  );
}
