// An answer on its way: waiting, a problem with a way to try again, nothing, or what there is.
import { Alert, Button, Center, Group, Loader, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { asProblem } from '../api/problem.js';

export function Waiting({ words = 'Loading…' }: { words?: string }) {
  return (
    <Center p="xl" role="status" aria-live="polite">
      <Loader aria-hidden />
      <Text c="dimmed" ml="sm" size="sm">
        {words}
      </Text>
    </Center>
  );
}

/** What a list says that has nothing in it yet: and how something gets there. */
export function Empty({ children }: { children: ReactNode }) {
  return (
    <Text c="dimmed" py="lg" ta="center">
      {children}
    </Text>
  );
}

export function ProblemNote({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <Alert color="red" role="alert">
      <Group justify="space-between" gap="sm">
        <span>{asProblem(error).detail}</span>
        {retry && (
          <Button size="compact-sm" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  );
}

interface LoadedProps<T> {
  /** What `useRead` or `usePages` gives. */
  of: { data: T | undefined; error: unknown; refetch: () => unknown };
  /** Says that there is nothing. */
  empty?: { when: (data: T) => boolean; say: ReactNode };
  children: (data: T) => ReactNode;
}

/** An answer that is there stays while a later question fails; the problem is said above it. */
export function Loaded<T>({ of: { data, error, refetch }, empty, children }: LoadedProps<T>) {
  const hasFailed = error !== null;
  return (
    <>
      {hasFailed && <ProblemNote error={error} retry={() => void refetch()} />}
      {data === undefined && !hasFailed && <Waiting />}
      {data !== undefined && (empty?.when(data) ? <Empty>{empty.say}</Empty> : children(data))}
    </>
  );
}
