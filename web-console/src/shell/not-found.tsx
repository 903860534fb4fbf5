// An address that leads nowhere.
import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { Page } from '../parts/page.js';

export function NotFound() {
  return (
    <Page title="There is no such page">
      <Text>
        The address may be old.{' '}
        <Anchor component={Link} to="/" underline="always">
          Go to the start
        </Anchor>
      </Text>
    </Page>
  );
}
