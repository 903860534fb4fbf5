// Asks for the operator token and tries it before letting anyone in.
import { useState } from 'preact/hooks';
import { ApiError, createClient } from '../api/client.js';
import type { Operator } from '../session.js';
import { Logo } from './logo.js';

interface SignInProps {
  /** Why somebody was signed out, if that is so. */
  notice?: string;
  signIn: (operator: Operator) => void;
}

export function SignIn({ notice, signIn }: SignInProps) {
  const [token, setToken] = useState('');
  const [name, setName] = useState('');
  const [error, setError] = useState(notice);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    const operator = { token: token.trim(), name: name.trim() };
    try {
      const client = createClient(operator);
      const [first] = await client.assistants();
      // An agent's token may list assistants, but not see what this console is for.
      if (first) await client.versions(first.slug);
      signIn(operator);
    } catch (failure) {
      const refused = failure instanceof ApiError && failure.status === 401;
      setError(refused ? 'This token isn’t valid. Check that you copied all of it.' : (failure as Error).message);
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Logo />
        <h1>Operator console</h1>
        <p class="muted">See what the assistant learnt, promote a version, or roll back.</p>
        <label class="field">
          <span>Operator token</span>
          <input
            type="password"
            autocomplete="off"
            required
            autoFocus
            value={token}
            aria-describedby="token-hint"
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <p class="hint" id="token-hint">
          It is <code>OPERATOR_TOKEN</code> of the service, or, if you set none, the one in <code>tokens.json</code> of
          its data folder.
        </p>
        <label class="field">
          <span>Your name (optional, for the audit)</span>
          <input
            autocomplete="name"
            maxLength={80}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        {error && (
          <p class="problem" role="alert">
            {error}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy || !token.trim()}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
