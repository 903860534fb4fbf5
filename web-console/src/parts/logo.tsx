// The name, as it stands in every header.
import { Group, Text } from '@mantine/core';
import mark from '../retune.svg';

export function Logo() {
  return (
    <Group gap={10} wrap="nowrap">
      <img src={mark} alt="" width="28" height="28" />
      <Text fw={680} size="lg" span>
        Retune
      </Text>
    </Group>
  );
}
