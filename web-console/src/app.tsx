// Signed in or not: the one decision at the top of the console.
import { useCallback, useMemo, useState } from 'preact/hooks';
import { createClient } from './api/client.js';
import { storedOperator, storeOperator } from './session.js';
import { Overview } from './ui/overview.js';
import { SignIn } from './ui/sign-in.js';

export function App() {
  const [operator, setOperator] = useState(storedOperator);
  const [notice, setNotice] = useState<string>();
  const client = useMemo(() => (operator ? createClient(operator) : undefined), [operator]);
  const signOut = useCallback((why?: string) => {
    storeOperator(undefined);
    setNotice(why);
    setOperator(undefined);
  }, []);
  if (client) return <Overview client={client} signOut={signOut} />;
  return (
    <SignIn
      notice={notice}
      signIn={(accepted) => {
        storeOperator(accepted);
        setOperator(accepted);
      }}
    />
  );
}
