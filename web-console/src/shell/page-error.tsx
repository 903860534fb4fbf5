// A page that broke: says so, and leaves the way to all others open.
import { Alert, Button, Code } from '@mantine/core';
import { useRouteError } from 'react-router';
import { Page } from '../parts/page.js';

export function PageError() {
  const error = useRouteError();
  return (
    <Page
      title="This page has failed"
      actions={<Button onClick={() => window.location.reload()}>Load it again</Button>}
    >
      <Alert color="red" role="alert">
        Something here went wrong that nobody foresaw. If it does so again, tell us these words:{' '}
        <Code>{error instanceof Error ? error.message : String(error)}</Code>
      </Alert>
    </Page>
  );
}
