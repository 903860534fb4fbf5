// Which account Postgres runs as: it refuses to be root, so as root it is the system's user `postgres`.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Account } from './paths.js';

const run = promisify(execFile);

/** The name of the account that Postgres runs as when we are root. */
export const POSTGRES_USER = 'postgres';

/** User postgres if we are root and it exists; undefined when Postgres runs as this user, or there is no such user yet. */
export async function postgresIdentity(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', POSTGRES_USER]), run('id', ['-g', POSTGRES_USER])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
