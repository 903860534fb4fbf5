// Light, dark, or as the machine has it.
import { ActionIcon, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';

const WORDS: Record<MantineColorScheme, string> = { auto: 'As the system', light: 'Light', dark: 'Dark' };

export function ColourScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={`Colours: ${WORDS[colorScheme]}`}>
          <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden>
            <circle cx="9" cy="9" r="7" fill="none" stroke="currentColor" strokeWidth="1.6" />
            <path d="M9 2a7 7 0 0 1 0 14z" fill="currentColor" />
          </svg>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Colours</Menu.Label>
        {(Object.keys(WORDS) as MantineColorScheme[]).map((scheme) => (
          <Menu.Item key={scheme} onClick={() => setColorScheme(scheme)} rightSection={scheme === colorScheme && '✓'}>
            {WORDS[scheme]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
