// One number with its name above it.
import { Text } from '@mantine/core';

export function Figure({ name, value }: { name: string; value?: string | number | null }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fw={650} className="number">
        {value ?? '–'}
      </Text>
    </div>
  );
}
