// The end of a form in a dialog: what the service said against it, the way out, and the button that sends it.
import { Button, Group } from '@mantine/core';
import { ProblemNote } from './load.js';

interface FormEndProps {
  /** Why it was refused; undefined or null: it was not. */
  error: unknown;
  isBusy: boolean;
  /** The way out, and its words. */
  close: () => void;
  leave?: string;
  /** The words of the button that sends it. */
  action: string;
  isDanger?: boolean;
  /** It can't be sent as it is. */
  isUnready?: boolean;
}

export function FormEnd({ error, isBusy, close, leave = 'Cancel', action, isDanger, isUnready }: FormEndProps) {
  return (
    <>
      {error !== undefined && error !== null && <ProblemNote error={error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {leave}
        </Button>
        <Button type="submit" color={isDanger ? 'red' : undefined} loading={isBusy} disabled={isUnready}>
          {action}
        </Button>
      </Group>
    </>
  );
}
