// Keeps something from the service fresh on the screen: asks at once, then again and again while the tab is visible.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/client.js';

export interface Polled<T> {
  /** The newest answer; stays while a later request fails. */
  value?: T;
  /** Why the last request failed. */
  error?: ApiError;
  /** Asks now. */
  reload: () => void;
}

/** Polls `load` each `everyMs`; a new `load` (another assistant) starts afresh. */
export function usePolled<T>(load: () => Promise<T>, everyMs: number): Polled<T> {
  const [answer, setAnswer] = useState<{ value?: T; error?: ApiError }>({});
  const latest = useRef(0);
  const ask = useCallback(async () => {
    const mine = ++latest.current;
    try {
      const value = await load();
      if (mine === latest.current) setAnswer({ value });
    } catch (failure) {
      const error = failure instanceof ApiError ? failure : new ApiError((failure as Error).message, 0);
      if (mine === latest.current) setAnswer((before) => ({ ...before, error }));
    }
  }, [load]);
  useEffect(() => {
    setAnswer({});
    void ask();
    const timer = setInterval(() => {
      if (!document.hidden) void ask();
    }, everyMs);
    return () => {
      clearInterval(timer);
      latest.current += 1;
    };
  }, [ask, everyMs]);
  return { ...answer, reload: () => void ask() };
}
