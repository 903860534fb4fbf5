// The audit: who did what to what, when, and why; searched.
import { Anchor, Code, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { usePages } from '../../api/pages.js';
import { auditSchema, type AuditEntry } from '../../api/schemas/operations.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { ShowMore } from '../../parts/show-more.js';
import { assistantOptions, useAssistants } from '../../shell/assistant.js';

const PAGE_ENTRIES = 50;
const TYPING_MS = 300;

interface Search {
  q: string;
  assistant: string;
  action: string;
  actor: string;
  from: string;
  to: string;
}

const NOTHING: Search = { q: '', assistant: '', action: '', actor: '', from: '', to: '' };

export default function AuditPage() {
  const [search, setSearch] = useState(NOTHING);
  const [settled] = useDebouncedValue(search, TYPING_MS);
  const audit = useAudit(settled);
  return (
    <Page title="Audit" words="Every write of a person, a machine or the service itself. Nothing here can be changed.">
      <Card title="Search">
        <SearchFields search={search} set={(part) => setSearch({ ...search, ...part })} />
      </Card>
      <Card title="Entries, newest first">
        <Loaded of={audit}>{({ pages }) => <Entries entries={pages.flatMap(({ entries }) => entries)} />}</Loaded>
        <ShowMore of={audit} />
      </Card>
    </Page>
  );
}

function useAudit({ to, ...search }: Search) {
  // The whole of the last day is meant.
  const until = to ? new Date(Date.parse(to) + 86_400_000).toISOString() : '';
  return usePages('/api/v1/audit', auditSchema, {
    ...{ query: { ...search, to: until }, keep: true, limit: PAGE_ENTRIES, from: 'before' },
  });
}

function SearchFields({ search, set }: { search: Search; set: (part: Partial<Search>) => void }) {
  const { assistants } = useAssistants();
  const field = (name: keyof Search) => ({
    value: search[name],
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  return (
    <Group align="flex-end" gap="sm">
      <TextInput label="Words" description="Anywhere in an entry" type="search" {...field('q')} flex={2} miw={200} />
      <TextInput label="Who" description="A whole name" {...field('actor')} flex={1} miw={140} />
      <TextInput label="What" description="“version”, “user.create”" {...field('action')} flex={1} miw={140} />
      <NativeSelect
        label="Assistant"
        {...field('assistant')}
        data={[{ value: '', label: 'All' }, ...assistantOptions(assistants)]}
      />
      <TextInput label="From" type="date" {...field('from')} />
      <TextInput label="To" type="date" {...field('to')} />
    </Group>
  );
}

function Entries({ entries }: { entries: AuditEntry[] }) {
  return (
    <DataTable
      label="Audit entries"
      rows={entries}
      keyOf={({ id }) => id}
      empty="Nothing like that was done."
      columns={[
        { title: 'When', cell: ({ createdAt }) => <Moment at={createdAt} whole /> },
        { title: 'Who', isHeader: true, cell: ({ actor }) => <Who actor={actor} /> },
        { title: 'What', cell: ({ action }) => <Code>{action}</Code> },
        { title: 'Of', cell: (entry) => <Target entry={entry} /> },
        { title: 'Why', cell: ({ reason }) => reason ?? '–' },
        { title: 'Before and after', cell: (entry) => <Change entry={entry} /> },
      ]}
    />
  );
}

const KINDS: Record<string, string> = { user: '', key: 'machine', token: 'token', system: 'service' };

function Who({ actor: { name, kind } }: Pick<AuditEntry, 'actor'>) {
  return (
    <>
      {name}
      {KINDS[kind] && (
        <Text span size="sm" c="dimmed" fw={400}>
          {' '}
          ({KINDS[kind]})
        </Text>
      )}
    </>
  );
}

function Target({ entry: { target, assistant } }: { entry: AuditEntry }) {
  // An id is for machines; its start is enough to tell two apart.
  const id = target.id.length > 12 ? `${target.id.slice(0, 8)}…` : target.id;
  return (
    <span title={target.id}>
      {target.kind.replaceAll('_', ' ')} {id}
      {assistant && ` of ${assistant}`}
    </span>
  );
}

/** What stood there and what stands there now; folded, for it can be long. */
function Change({ entry: { id, before, after, correlationId } }: { entry: AuditEntry }) {
  const [isOpen, setIsOpen] = useState(false);
  if (!before && !after) return '–';
  return (
    <Stack gap={4}>
      <Anchor component="button" type="button" size="sm" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {isOpen ? 'Hide' : 'Show'} <span className="visually-hidden">the change of entry {id}</span>
      </Anchor>
      {isOpen && (
        <Code block className="said">
          {[before && `before ${JSON.stringify(before, null, 1)}`, after && `after ${JSON.stringify(after, null, 1)}`]
            .filter(Boolean)
            .join('\n')}
          {correlationId && `\nrequest ${correlationId}`}
        </Code>
      )}
    </Stack>
  );
}
