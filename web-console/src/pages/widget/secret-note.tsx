// Shows a site key's secret, this once.
import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { Copy } from '../../parts/copy.js';

interface SecretNoteProps {
  /** Undefined: closed. */
  secret: string | undefined;
  close: () => void;
}

export function SecretNote({ secret, close }: SecretNoteProps) {
  return (
    <Modal opened={secret !== undefined} onClose={close} title="The secret of this site key" size="lg">
      <Stack>
        <Text>
          Your server signs customers’ identities with it (HS256). It is shown now and never again; keep it on the
          server.
        </Text>
        <Code block tabIndex={0}>
          {secret}
        </Code>
        <Group justify="flex-end">
          <Copy text={secret ?? ''} />
          <Button onClick={close}>I have it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
