// Oneself: the account, and the way out.
import { Button, Menu } from '@mantine/core';
import { Link } from 'react-router';
import { useMe, useSession } from '../session/session.js';

export function UserMenu() {
  const { signOut } = useSession();
  const { user } = useMe();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="compact-md" h={34}>
          {user.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/account">
          My account
        </Menu.Item>
        <Menu.Item component="a" href="/demo" target="_blank" rel="noreferrer">
          Open the demo
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
