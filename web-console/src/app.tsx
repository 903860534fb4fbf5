// Signed in or not: the one decision at the top of the console.
import { useCallback, useMemo, useState } from 'preact/hooks';
import { createClient } from './api/client.js';
import { storedToken, storeToken } from './session.js';
import { Overview } from './ui/overview.js';
import { SignIn } from './ui/sign-in.js';

export function App() {
  const [token, setToken] = useState(storedToken);
  const [notice, setNotice] = useState<string>();
  const client = useMemo(() => (token ? createClient(token) : undefined), [token]);
  const signOut = useCallback((why?: string) => {
    storeToken(undefined);
    setNotice(why);
    setToken(undefined);
  }, []);
  if (client) return <Overview client={client} signOut={signOut} />;
  return (
    <SignIn
      notice={notice}
      signIn={(accepted) => {
        storeToken(accepted);
        setToken(accepted);
      }}
    />
  );
}
