// Which role for which assistants: one line a role.
import { Button, CloseButton, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useId } from 'react';
import type { Role, RoleFor } from '../../api/schemas/access.js';
import { assistantOptions, useAssistants } from '../../shell/assistant.js';
import { ROLE_WORDS } from './role-words.js';

const ALL = '';
const ROLE_OPTIONS = Object.entries(ROLE_WORDS).map(([value, label]) => ({ value, label }));

interface RolesFieldProps {
  roles: RoleFor[];
  change: (roles: RoleFor[]) => void;
}

export function RolesField({ roles, change }: RolesFieldProps) {
  const id = useId();
  const { assistants } = useAssistants();
  const places = [{ value: ALL, label: 'All assistants, also later ones' }, ...assistantOptions(assistants)];
  const taken = new Set(roles.map(({ assistant }) => assistant ?? ALL));
  const free = places.filter(({ value }) => !taken.has(value));
  const set = (index: number, role: RoleFor) => change(roles.map((each, at) => (at === index ? role : each)));
  return (
    <Stack gap="xs" role="group" aria-labelledby={id}>
      <Text fw={500} size="sm" id={id}>
        Roles
      </Text>
      {roles.length === 0 && (
        <Text size="sm" c="dimmed">
          None: this person can sign in and see nothing.
        </Text>
      )}
      {roles.map((each, index) => (
        <Group key={each.assistant ?? ALL} gap="xs" wrap="nowrap">
          <NativeSelect
            aria-label={`Assistant of role ${index + 1}`}
            flex={1}
            value={each.assistant ?? ALL}
            data={places.filter(({ value }) => value === (each.assistant ?? ALL) || !taken.has(value))}
            onChange={(event) => set(index, { ...each, assistant: event.currentTarget.value || null })}
          />
          <NativeSelect
            aria-label={`Role ${index + 1}`}
            flex={2}
            value={each.role}
            data={ROLE_OPTIONS}
            onChange={(event) => set(index, { ...each, role: event.currentTarget.value as Role })}
          />
          <CloseButton
            aria-label={`Remove role ${index + 1}`}
            onClick={() => change(roles.filter((_, at) => at !== index))}
          />
        </Group>
      ))}
      {free[0] && (
        <Button
          variant="default"
          size="compact-sm"
          w="fit-content"
          onClick={() => change([...roles, { assistant: free[0]?.value || null, role: 'agent' }])}
        >
          Add a role
        </Button>
      )}
    </Stack>
  );
}
