// The inbox: who needs a human, what the assistant handles, what is mine, what is closed; searched and filtered.
import { Group, NativeSelect, Tabs, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useRead } from '../../api/read.js';
import { inboxCountsSchema } from '../../api/schemas/conversations.js';
import { useHotkeys } from '../../parts/hotkeys.js';
import { Page } from '../../parts/page.js';
import { assistantOptions, useAssistants } from '../../shell/assistant.js';
import { InboxList } from './inbox-list.js';
import { addressOf, filterOf, PLACES, type Filter, type Place } from './places.js';

const SEARCH_WAIT_MS = 250;
const RATINGS = [
  { value: '', label: 'Any rating' },
  { value: 'down', label: 'Rated poor' },
  { value: 'up', label: 'Rated good' },
  { value: 'none', label: 'Not rated' },
];

export default function InboxPage() {
  const [address, setAddress] = useSearchParams();
  const filter = filterOf(address);
  const change = (part: Partial<Filter>) => setAddress(addressOf({ ...filter, ...part }), { replace: true });
  const { data: counts } = useRead('/api/v1/inbox/counts', inboxCountsSchema, {
    query: { assistant: filter.assistant },
    live: ['conversation'],
    keep: true,
  });
  const countOf: Partial<Record<Place, number>> = { needs_human: counts?.needsHuman, mine: counts?.mine };
  return (
    <Page title="Inbox" wide>
      <Tabs value={filter.place} onChange={(place) => change({ place: (place ?? undefined) as Place | undefined })}>
        <Tabs.List aria-label="Lists of conversations">
          {PLACES.map(({ place, words }) => (
            <Tabs.Tab key={place} value={place}>
              {words}
              {countOf[place] ? ` (${countOf[place]})` : ''}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Filters key={filter.place} filter={filter} change={change} />
        {PLACES.map(({ place }) => (
          <Tabs.Panel key={place} value={place}>
            {place === filter.place && <InboxList filter={filter} />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function Filters({ filter, change }: { filter: Filter; change: (part: Partial<Filter>) => void }) {
  const { assistants } = useAssistants();
  const search = useRef<HTMLInputElement>(null);
  const [q, setQ] = useState(filter.q ?? '');
  const searchSoon = useDebouncedCallback((text: string) => change({ q: text.trim() }), SEARCH_WAIT_MS);
  useHotkeys([
    {
      keys: '/',
      does: 'Search',
      run: (event) => {
        event.preventDefault();
        search.current?.focus();
      },
    },
  ]);
  return (
    <Group my="sm" gap="sm">
      <TextInput
        ref={search}
        type="search"
        aria-label="Search"
        placeholder="Words, or a customer’s id"
        w={280}
        maxLength={200}
        value={q}
        onChange={({ currentTarget: { value } }) => {
          setQ(value);
          searchSoon(value);
        }}
      />
      <NativeSelect
        aria-label="Rating"
        data={RATINGS}
        value={filter.rating ?? ''}
        onChange={(event) => change({ rating: event.currentTarget.value })}
      />
      <TextInput
        type="number"
        min={0}
        aria-label="Version"
        placeholder="Version"
        w={110}
        value={filter.version ?? ''}
        onChange={(event) => change({ version: event.currentTarget.value })}
      />
      {assistants.length > 1 && (
        <NativeSelect
          aria-label="Of which assistant"
          data={[{ value: '', label: 'All assistants' }, ...assistantOptions(assistants)]}
          value={filter.assistant ?? ''}
          onChange={(event) => change({ assistant: event.currentTarget.value })}
        />
      )}
    </Group>
  );
}
