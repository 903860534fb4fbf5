// `?`: the keys that work on this page, and the switch that turns them off.
import { ActionIcon, Kbd, Modal, Stack, Switch, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { keyNames, turnHotkeys, useActiveHotkeys, useHotkeys, useHotkeysOn } from '../parts/hotkeys.js';

export function KeysHelp() {
  const [opened, { open, close }] = useDisclosure();
  const isOn = useHotkeysOn();
  const hotkeys = useActiveHotkeys();
  useHotkeys([{ keys: '?', does: 'Show the keys of this page', run: open }]);
  return (
    <>
      <ActionIcon variant="default" size="lg" aria-label="Keys of this page" onClick={open}>
        ?
      </ActionIcon>
      <Modal opened={opened} onClose={close} title="Keys of this page">
        <Stack>
          <Table aria-label="Keys">
            <Table.Tbody>
              {hotkeys.map(({ keys, does }) => (
                <Table.Tr key={keys}>
                  <Table.Th scope="row" w={140}>
                    <Keys keys={keys} />
                  </Table.Th>
                  <Table.Td>{does}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Switch
            label="Keys are on"
            checked={isOn}
            onChange={(event) => turnHotkeys(event.currentTarget.checked)}
            data-autofocus
          />
          <Text size="sm" c="dimmed">
            Tab and Shift+Tab reach everything on every page; Enter or Space uses it, Escape closes what is open.
          </Text>
        </Stack>
      </Modal>
    </>
  );
}

function Keys({ keys }: { keys: string }) {
  return keyNames(keys).map((name, index) => (
    <span key={name}>
      {index > 0 && ' + '}
      <Kbd>{name}</Kbd>
    </span>
  ));
}
