// The frame around all pages: where one can go, which assistant it is about, and what is always within reach.
import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect, type MouseEvent } from 'react';
import { Outlet, useLocation } from 'react-router';
import { Waiting } from '../parts/load.js';
import { Logo } from '../parts/logo.js';
import { AssistantSwitcher } from './assistant-switcher.js';
import { ColourScheme } from './colour-scheme.js';
import { KeysHelp } from './keys-help.js';
import { Navigation } from './navigation-list.js';
import { RealtimeChip } from './realtime-chip.js';
import { RollbackButton } from './rollback-button.js';
import { UserMenu } from './user-menu.js';

const HEADER_PX = 60;
const NAVBAR_PX = 232;

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  return (
    <AppShell
      header={{ height: HEADER_PX }}
      navbar={{ width: NAVBAR_PX, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="lg"
    >
      <a className="skip-link" href="#page" onClick={toPage}>
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
          <Logo />
          <Group gap="xs" ml="auto" wrap="nowrap">
            <RealtimeChip />
            <RollbackButton />
            <KeysHelp />
            <ColourScheme />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Console">
        <AssistantSwitcher />
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <Suspense fallback={<Waiting />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
    </AppShell>
  );
}

/** Not by the address, which belongs to the pages. */
function toPage(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById('page')?.focus();
}
