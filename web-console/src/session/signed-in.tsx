// The one decision at the top: signed in, not yet, or with a password that somebody else has chosen.
import { useEffect, type ReactNode } from 'react';
import { Waiting } from '../parts/load.js';
import { OwnPassword } from './own-password.js';
import { useSession } from './session.js';
import { SignIn } from './sign-in.js';

export function SignedIn({ children }: { children: ReactNode }) {
  const { state, me, notice } = useSession();
  const isIn = state === 'signed-in' && !me?.user.mustChangePassword;
  useEffect(() => {
    if (!isIn) return undefined;
    // Loaded now, so that the sign-in page has no need of it.
    const connected = import('../live/console-socket.js').then(({ connectConsole }) => connectConsole());
    return () => void connected.then((end) => end());
  }, [isIn]);
  if (state === 'starting') return <Waiting />;
  if (state === 'signed-out') return <SignIn notice={notice} />;
  return isIn ? children : <OwnPassword />;
}
