// Shows a site key's secret, this once.
import { Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';

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
          <CopyButton value={secret ?? ''}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button onClick={close}>I have it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
