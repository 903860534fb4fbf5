// Changes one's own password.
import { Alert, Button, PasswordInput, Stack } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { api } from '../api/client.js';
import { asProblem } from '../api/problem.js';
import { meSchema } from '../api/schemas/access.js';
import { fieldText } from '../parts/fields.js';
import { useSession } from './session.js';

const SHOW = { 'aria-label': 'Show the password', tabIndex: 0 };

export function PasswordForm({ done }: { done?: () => void }) {
  const { reload } = useSession();
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const newPassword = fieldText(fields, 'new');
    if (newPassword !== fieldText(fields, 'again')) return setProblem('The two new passwords are not the same.');
    setBusy(true);
    setProblem(undefined);
    try {
      const change = { currentPassword: fieldText(fields, 'current'), newPassword };
      await api.send('PATCH', '/api/v1/me', change, meSchema);
      form.current?.reset();
      await reload();
      done?.();
    } catch (error) {
      setProblem(asProblem(error).detail);
    }
    setBusy(false);
  };
  const field = { required: true, visibilityToggleButtonProps: SHOW };
  return (
    <form ref={form} onSubmit={(event) => void submit(event)}>
      <Stack>
        <PasswordInput {...field} label="Present password" name="current" autoComplete="current-password" />
        <PasswordInput {...field} label="New password" name="new" autoComplete="new-password" />
        <PasswordInput {...field} label="New password again" name="again" autoComplete="new-password" />
        {problem && (
          <Alert color="red" role="alert">
            {problem}
          </Alert>
        )}
        <Button type="submit" loading={busy}>
          Change password
        </Button>
      </Stack>
    </form>
  );
}
