// Which examples of the pool are shown.
import { Group, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { Query } from '../../api/client.js';
import { versionName } from '../../words.js';
import { useVersions } from '../shared-reads.js';

export interface PoolFilter {
  state: 'all' | 'new' | 'accepted' | 'quarantined';
  slice: string | null;
  /** An adapter version, as text. */
  usedIn: string | null;
  kind: string | null;
  q: string;
}

export const NO_FILTER: PoolFilter = { state: 'all', slice: null, usedIn: null, kind: null, q: '' };

const STATES = [
  { value: 'all', label: 'All' },
  { value: 'new', label: 'Not learnt yet' },
  { value: 'accepted', label: 'Accepted' },
  { value: 'quarantined', label: 'Held back' },
];
const KINDS = [
  { value: 'sft', label: 'Right answers' },
  { value: 'preference', label: 'Better and worse' },
  { value: 'binary', label: 'Thumbs' },
];
const TYPING_MS = 250;

/** The same as the service is asked. */
export function queryOf({ state, slice, usedIn, kind, q }: PoolFilter): Query {
  const status = state === 'all' ? undefined : state === 'new' ? 'accepted' : state;
  return { status, new: state === 'new' ? true : undefined, slice, usedIn, kind, q };
}

interface PoolFiltersProps {
  filter: PoolFilter;
  change: (filter: PoolFilter) => void;
  slices: { slice: string; label: string; total: number }[];
  base: string;
}

export function PoolFilters({ filter, change, slices, base }: PoolFiltersProps) {
  const { data } = useVersions(base);
  const search = useDebouncedCallback((q: string) => change({ ...filter, q }), TYPING_MS);
  const versions = (data?.versions ?? []).filter(({ version }) => version > 0);
  return (
    <Group gap="sm" mb="sm" align="flex-end">
      <SegmentedControl
        aria-label="State"
        data={STATES}
        value={filter.state}
        onChange={(state) => change({ ...filter, state: state as PoolFilter['state'] })}
      />
      <Select
        {...{ label: 'Topic', placeholder: 'Any', clearable: true, searchable: true }}
        data={slices.map(({ slice, label, total }) => ({ value: slice, label: `${label} (${total})` }))}
        value={filter.slice}
        onChange={(slice) => change({ ...filter, slice })}
      />
      <Select
        {...{ label: 'Used in version', placeholder: 'Any', clearable: true, w: 150 }}
        data={versions.map(({ version }) => ({ value: String(version), label: versionName(version) }))}
        value={filter.usedIn}
        onChange={(usedIn) => change({ ...filter, usedIn })}
      />
      <Select
        {...{ label: 'Kind', placeholder: 'Any', clearable: true, w: 170 }}
        data={KINDS}
        value={filter.kind}
        onChange={(kind) => change({ ...filter, kind })}
      />
      <TextInput
        label="Words"
        type="search"
        defaultValue={filter.q}
        onChange={(event) => search(event.currentTarget.value)}
      />
    </Group>
  );
}
