// Who is signed in and what they may do.
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { onSessionEnd, renewAccess, setAccessToken, signedInSchema } from '../api/access-token.js';
import { api } from '../api/client.js';
import { asProblem, type ApiProblem } from '../api/problem.js';
import { queries } from '../api/queries.js';
import { meSchema, type Me, type Role } from '../api/schemas/access.js';

const ROLES: Role[] = ['agent', 'operator', 'admin'];
const includes = (role: Role, needed: Role) => ROLES.indexOf(role) >= ROLES.indexOf(needed);

export type SessionState = 'starting' | 'signed-out' | 'signed-in';

export interface Session {
  state: SessionState;
  /** Only while signed in. */
  me: Me | undefined;
  /** Why one is not signed in, where that is worth saying. */
  notice: string | undefined;
  /** Whether one has the role (or a higher one) for an assistant; null: for all assistants. */
  may: (role: Role, slug: string | null) => boolean;
  /** Whether one has the role for any assistant. */
  mayAnywhere: (role: Role) => boolean;
  /** @throws ApiProblem */
  signIn: (email: string, password: string) => Promise<void>;
  signOut: () => Promise<void>;
  /** Takes over what has changed about oneself. */
  reload: () => Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** @throws Error outside of the provider */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('There is no session here.');
  return session;
}

/** Who I am, in pages: these are only shown to somebody who is signed in. */
export function useMe(): Me {
  const { me } = useSession();
  if (!me) throw new Error('Nobody is signed in.');
  return me;
}

interface Who {
  state: SessionState;
  me?: Me;
  notice?: string;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [{ state, me, notice }, setWho] = useState<Who>({ state: 'starting' });
  const reload = useCallback(async () => {
    setWho({ state: 'signed-in', me: await api.get('/api/v1/me', meSchema) });
  }, []);
  useEffect(() => {
    void start(reload, setWho);
    return onSessionEnd(() => setWho((who) => (who.state === 'signed-in' ? endedUnasked() : { state: 'signed-out' })));
  }, [reload]);
  const session = useMemo<Session>(
    () => ({
      ...{ state, me, notice, reload },
      may: (role, slug) => me?.roles.some((own) => covers(own.assistant, slug) && includes(own.role, role)) ?? false,
      mayAnywhere: (role) => me?.roles.some((own) => includes(own.role, role)) ?? false,
      signIn: async (email, password) => {
        const { accessToken } = await api.send('POST', '/api/v1/sessions', { email, password }, signedInSchema);
        setAccessToken(accessToken);
        await reload();
      },
      signOut: async () => {
        await api.send('DELETE', '/api/v1/sessions/current');
        forget();
        // Whoever signs in next begins at the start; who only has to do so again goes on where they were.
        window.history.replaceState(null, '', '/console');
        setWho({ state: 'signed-out' });
      },
    }),
    [state, me, notice, reload],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}

const covers = (own: string | null, slug: string | null) => own === null || own === slug;

/** At the start: the refresh cookie says whether one is signed in still. */
async function start(reload: () => Promise<void>, setWho: (who: Who) => void): Promise<void> {
  const problem = (await renewAccess()) ?? (await reload().then(() => undefined, asProblem));
  if (problem) setWho({ state: 'signed-out', notice: worthSaying(problem) });
}

/** That one has not signed in yet is no news. */
function worthSaying({ status, detail }: ApiProblem): string | undefined {
  return status === 401 ? undefined : detail;
}

function endedUnasked(): Who {
  forget();
  return { state: 'signed-out', notice: 'Your sign-in has ended. Please sign in again.' };
}

/** Nothing of the person before is left for the one after. */
function forget(): void {
  setAccessToken(undefined);
  queries.clear();
}
