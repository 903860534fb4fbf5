// Says that the connection is down, and what that means for the customer; silent during a normal start.
import { useEffect, useState } from 'preact/hooks';
import type { SessionState } from '../session/session.js';

/** A start or a short hiccup takes less; nobody needs to read about it. */
const PATIENCE_MS = 1_500;

export function Banner({ state }: { state: SessionState }) {
  const down = state.connection !== 'online';
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!down) return undefined;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [down]);
  if (state.connection === 'refused')
    return (
      <p class="banner" role="alert">
        {state.refusal ?? 'This chat is not available here.'}
      </p>
    );
  return (
    <p class="banner" role="status" hidden={!(down && late)}>
      {down && late ? 'No connection right now. What you write will be sent as soon as it is back.' : ''}
    </p>
  );
}
