// Postgres refuses to run as root. As root (containers) it runs as the system's user `postgres`, who is made if there is none.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Account } from '../setup/paths.js';
import { POSTGRES_USER, postgresIdentity } from '../setup/postgres-identity.js';
import { reasonOf } from '../setup/setup-error.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

const run = promisify(execFile);

/** Debian's and Red Hat's command, then the one of busybox. */
const WAYS_TO_ADD: readonly [string, ...string[]][] = [
  ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', POSTGRES_USER],
  ['adduser', '-S', '-D', '-H', POSTGRES_USER],
];

/**
 * The account that Postgres runs as, or undefined when it runs as this user.
 * @throws EmbeddedPostgresError `database.account` when we are root and can neither find nor make user postgres
 */
export async function postgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await postgresIdentity();
  if (found) return found;
  let reason = '';
  for (const [program, ...args] of WAYS_TO_ADD) {
    await run(program, args).catch((error: unknown) => (reason = reasonOf(error)));
    const added = await postgresIdentity();
    if (added) return added;
  }
  throw new EmbeddedPostgresError(
    'database.account',
    `Postgres can't run as root and user postgres can't be made (${reason}): start Retune as an ordinary user, or set DATABASE_URL.`,
  );
}
