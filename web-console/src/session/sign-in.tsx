// Signing in: with e-mail and password, or through the identity provider where there is one.
import { Alert, Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api } from '../api/client.js';
import { asProblem } from '../api/problem.js';
import { waysSchema } from '../api/schemas/access.js';
import { fieldText } from '../parts/fields.js';
import { Entrance } from './entrance.js';
import { useSession } from './session.js';

/** Why the identity provider's answer was of no use, by the code in the address; never words from the address itself. */
const REFUSALS: Record<string, string> = {
  'access.oidc_refused': 'Signing in was refused or took too long. Try again.',
  'access.oidc_unavailable': 'The identity provider can’t be reached just now.',
  'access.oidc_no_account': 'You have no account here, or it is not active. Ask an administrator.',
  'access.oidc_unverified': 'The identity provider has not verified your e-mail address.',
};

function refusal(): string | undefined {
  const code = new URLSearchParams(window.location.search).get('refused');
  return code === null ? undefined : (REFUSALS[code] ?? `Signing in failed (${code.slice(0, 80)}).`);
}

export function SignIn({ notice }: { notice?: string }) {
  const { signIn } = useSession();
  const [problem, setProblem] = useState(notice ?? refusal);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(fieldText(fields, 'email'), fieldText(fields, 'password'));
    } catch (error) {
      setProblem(asProblem(error).detail);
      setBusy(false);
    }
  };
  return (
    <Entrance title="Sign in" words="Answer customers, teach the assistant, decide what it serves.">
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput label="E-mail" name="email" type="email" autoComplete="username" required autoFocus size="md" />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            size="md"
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
          />
          {problem && (
            <Alert color="red" role="alert">
              {problem}
            </Alert>
          )}
          <Button type="submit" size="md" loading={busy}>
            Sign in
          </Button>
        </Stack>
      </form>
      <ProviderButton />
    </Entrance>
  );
}

function ProviderButton() {
  const ways = useQuery({ queryKey: ['/api/v1/sign-in'], queryFn: () => api.get('/api/v1/sign-in', waysSchema) });
  const provider = ways.data?.oidc;
  if (!provider) return null;
  return (
    <>
      <Divider label="or" />
      <Button component="a" href="/api/v1/sessions/oidc" variant="default" size="md">
        Sign in with {provider.name}
      </Button>
    </>
  );
}
