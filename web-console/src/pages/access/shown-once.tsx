// A secret that is shown this once: a one-time password, a machine's key.
import { Alert, Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { Copy } from '../../parts/copy.js';
import { useLast } from '../../parts/use-last.js';

export interface Secret {
  title: string;
  words: string;
  value: string;
}

export function passwordSecret(name: string, value: string): Secret {
  return {
    title: `A password for ${name}`,
    words: 'Tell it to them on a way that you trust. At their first sign-in they choose their own.',
    value,
  };
}

export function ShownOnce({ secret: given, close }: { secret: Secret | undefined; close: () => void }) {
  const secret = useLast(given);
  return (
    <Modal opened={given !== undefined} onClose={close} title={secret?.title} closeOnClickOutside={false}>
      {secret && (
        <Stack>
          <Text>{secret.words}</Text>
          <Group wrap="nowrap" gap="xs">
            <Code fz="md" p="sm" flex={1} style={{ overflowWrap: 'anywhere' }}>
              {secret.value}
            </Code>
            <Copy text={secret.value} />
          </Group>
          <Alert color="yellow">It is not kept anywhere and can’t be shown again.</Alert>
          <Button onClick={close} data-autofocus>
            Done
          </Button>
        </Stack>
      )}
    </Modal>
  );
}
