// A page that broke: says so, and leaves the way to all others open.
import { Alert, Button, Code } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Page } from '../parts/page.js';

interface Props {
  children: ReactNode;
}

interface State {
  error?: unknown;
}

export class PageBoundary extends Component<Props, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? this.props.children : <PageError error={error} />;
  }
}

function PageError({ error }: { error: unknown }) {
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
