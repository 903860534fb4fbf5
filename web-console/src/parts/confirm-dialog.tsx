// Asks once more before something can't be undone.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';

interface ConfirmDialogProps {
  title: string;
  words: string;
  /** The button's words. */
  action: string;
  opened: boolean;
  close: () => void;
  carryOut: () => Promise<unknown>;
}

export function ConfirmDialog({ title, words, action, opened, close, carryOut }: ConfirmDialogProps) {
  const confirm = () => {
    close();
    // A failure is said where the write is made.
    carryOut().catch(() => undefined);
  };
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <Stack>
        <Text>{words}</Text>
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={close}>
            Keep it
          </Button>
          <Button color="red" onClick={confirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
