// People who have signed in, for tests: the first administrator and users that they make, each with a password of their own.
import { restClient, type Json, type RestAnswer } from './rest.js';

export const FIRST_PASSWORD = 'the-first-password-7';
export const OWN_PASSWORD = 'correct horse battery staple';

export interface SignedIn {
  accessToken: string;
  user: Json;
}

/** Somebody with an account. */
export interface Person {
  id: string;
  email: string;
  token: string;
  /** The refresh cookie as it was set. */
  cookie: string;
}

/** The first cookie that an answer sets. */
export const cookieOf = ({ headers }: RestAnswer<unknown>) => headers.getSetCookie()[0] ?? '';

/** Signs people in at a service that was started with `ADMIN_PASSWORD: FIRST_PASSWORD`. */
export function people(url: string) {
  const rest = restClient(url);
  const signIn = (email: string, password: string) =>
    rest.post<SignedIn & Json>('/api/v1/sessions', { body: { email, password } });

  const choose = async (email: string, given: string): Promise<RestAnswer<SignedIn & Json>> => {
    const first = await signIn(email, given);
    const body = { currentPassword: given, newPassword: OWN_PASSWORD };
    const { status } = await rest.patch('/api/v1/me', { token: first.body.accessToken, body });
    if (status !== 200) throw new Error(`Choosing a password was answered with ${status}.`);
    return first;
  };

  /** An administrator's access token; their password is changed if it must be. */
  const admin = async (): Promise<string> => {
    const { status, body } = await signIn('admin@localhost', OWN_PASSWORD);
    return status === 201 ? body.accessToken : (await choose('admin@localhost', FIRST_PASSWORD)).body.accessToken;
  };

  /** A new user. @param roles `[{ assistant: slug | null, role }]` */
  const person = async (name: string, roles: Json[]): Promise<Person> => {
    const email = `${name.toLowerCase()}@shop.example`;
    const made = await rest.post<{ user: Json; oneTimePassword: string }>('/api/v1/users', {
      token: await admin(),
      body: { email, name, roles },
    });
    if (made.status !== 201) throw new Error(`Making a user was answered with ${made.status}.`);
    const first = await choose(email, made.body.oneTimePassword);
    return { id: String(made.body.user.id), email, token: first.body.accessToken, cookie: cookieOf(first) };
  };

  return { signIn, admin, person };
}
