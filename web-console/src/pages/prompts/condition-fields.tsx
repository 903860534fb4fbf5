// Under which conditions the playground asks: which version, which prompt, with worked examples, with the memory, how freely.
import { Group, NumberInput, SegmentedControl, Select, Stack, Switch, Text } from '@mantine/core';
import { versionName, wordsFor } from '../../words.js';
import { usePrompts, useVersions } from '../shared-reads.js';
import type { Conditions } from './use-playground.js';

interface ConditionFieldsProps {
  base: string;
  conditions: Conditions;
  change: (conditions: Conditions) => void;
}

const USUAL = 'usual';
const SHOTS = [
  { value: 'zero', label: 'Zero-shot' },
  { value: 'few', label: 'Few-shot' },
];
const numberOf = (value: string | null) => (value === null || value === USUAL ? undefined : Number(value));

export function ConditionFields({ base, conditions, change }: ConditionFieldsProps) {
  const prompts = usePrompts(base);
  const active = prompts.data?.promptVersions.find((each) => each.active);
  const chosen = prompts.data?.promptVersions.find(({ version }) => version === conditions.promptVersion) ?? active;
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="md">
        <VersionSelect {...{ base, conditions, change }} />
        <Select
          label="Prompt version"
          w={260}
          allowDeselect={false}
          data={[
            { value: USUAL, label: `The active one${active ? `: version ${active.version}` : ''}` },
            ...(prompts.data?.promptVersions ?? []).map(({ version, note }) => ({
              value: String(version),
              label: `Version ${version}${note ? `: ${note.slice(0, 40)}` : ''}`,
            })),
          ]}
          value={String(conditions.promptVersion ?? USUAL)}
          onChange={(value) => change({ ...conditions, promptVersion: numberOf(value) })}
        />
        <NumberInput
          {...{ label: 'Temperature', placeholder: 'As for customers', min: 0, max: 2, step: 0.1, w: 160 }}
          value={conditions.temperature ?? ''}
          onChange={(value) => change({ ...conditions, temperature: typeof value === 'number' ? value : undefined })}
        />
      </Group>
      <Group gap="md">
        <SegmentedControl
          aria-label="Few-shot examples of the prompt"
          data={SHOTS}
          value={conditions.fewShot ? 'few' : 'zero'}
          onChange={(value) => change({ ...conditions, fewShot: value === 'few' })}
        />
        <Switch
          label="With the memory of corrections"
          checked={conditions.memory}
          onChange={(event) => change({ ...conditions, memory: event.currentTarget.checked })}
        />
      </Group>
      {conditions.fewShot && chosen?.fewShot.length === 0 && (
        <Text size="sm" c="dimmed">
          Prompt version {chosen.version} has no few-shot examples, so this is zero-shot as well.
        </Text>
      )}
    </Stack>
  );
}

function VersionSelect({ base, conditions, change }: ConditionFieldsProps) {
  const { data } = useVersions(base);
  const champion = data?.championVersion ?? 0;
  const others = (data?.versions ?? []).filter(({ version }) => version > 0);
  return (
    <Select
      label="Adapter version"
      w={260}
      allowDeselect={false}
      data={[
        { value: USUAL, label: `The champion: ${versionName(champion).toLowerCase()}` },
        ...others.map(({ version, status }) => ({
          value: String(version),
          label: `${versionName(version)}, ${wordsFor(status)[0].toLowerCase()}`,
        })),
        { value: '0', label: 'Base model' },
      ]}
      value={String(conditions.version ?? USUAL)}
      onChange={(value) => change({ ...conditions, version: numberOf(value) })}
    />
  );
}
