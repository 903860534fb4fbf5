// Guessing passwords gets ever slower, for an account and for an address; nobody is locked out for ever. The counts are in the database, so
// that more nodes are not more guesses. An attempt is counted before it is looked at: a hundred at once are a hundred.
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { addressGroup, isLoopback } from '../../config/client-address.js';
import { AccessError } from '../access-error.js';

interface Allowance {
  /** Failures in a row before anybody has to wait. */
  free: number;
  /** The wait doubles from one second to this. */
  waitSecondsMax: number;
  /** After so long without an attempt all is forgotten. */
  forgetSeconds: number;
}
const ACCOUNT: Allowance = { free: 5, waitSecondsMax: 300, forgetSeconds: 86_400 };
/** A whole office may share one. */
const ADDRESS: Allowance = { free: 50, waitSecondsMax: 900, forgetSeconds: 3_600 };
const DOUBLINGS_MAX = 20;
/** Where somebody signed in lately, strangers' guesses at their account don't hold them up. */
const KNOWN_DAYS = 30;

/** An attempt that was counted. */
export interface Attempt {
  account: string;
  address: string | undefined;
}

@Injectable()
export class LockOut {
  constructor(private readonly database: DataSource) {}

  /** Counts an attempt as failed, until `succeeded` says otherwise. @throws AccessError `access.locked_out`, with the time to wait */
  async begin(email: string, address: string): Promise<Attempt> {
    const isKnown = await this.isKnown(email, address);
    const attempt = {
      account: keyOf('account', email, isKnown ? address : ''),
      address: isLoopback(address) ? undefined : keyOf('address', addressGroup(address)),
    };
    if (attempt.address) await this.count(attempt.address, ADDRESS);
    await this.count(attempt.account, ACCOUNT);
    return attempt;
  }

  /** The account's count begins anew; of the address's only this attempt is taken back, or an account of one's own would clear it. */
  async succeeded({ account, address }: Attempt): Promise<void> {
    await this.database.query('DELETE FROM sign_in_attempts WHERE key = $1', [account]);
    await this.database.query(
      'UPDATE sign_in_attempts SET failures = greatest(failures - 1, 0), locked_until = NULL WHERE key = $1',
      [address ?? ''],
    );
    await this.database.query(`DELETE FROM sign_in_attempts WHERE last_at < now() - interval '1 day'`);
  }

  private async isKnown(email: string, address: string): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `SELECT 1 FROM user_sessions s JOIN users u ON u.id = s.user_id
        WHERE u.email = $1 AND s.address = $2 AND s.created_at > now() - make_interval(days => $3) LIMIT 1`,
      [email, address, KNOWN_DAYS],
    );
    return rows.length > 0;
  }

  private async count(key: string, { free, waitSecondsMax, forgetSeconds }: Allowance): Promise<void> {
    const counted = await this.database.query<unknown[]>(COUNT, [key, free, waitSecondsMax, forgetSeconds]);
    if (counted.length > 0) return;
    const [locked] = await this.database.query<{ wait_ms: number }[]>(
      `SELECT ceil(extract(epoch FROM locked_until - clock_timestamp()) * 1000)::int AS wait_ms
        FROM sign_in_attempts WHERE key = $1`,
      [key],
    );
    throw lockedOut(Math.max(1, locked?.wait_ms ?? 1));
  }
}

/** Counts one more ($1: key, $2: free, $3: longest wait, $4: when it is forgotten), unless it is locked: then no row comes back. */
const COUNT = `INSERT INTO sign_in_attempts AS a (key, failures) VALUES ($1, 1)
  ON CONFLICT (key) DO UPDATE SET last_at = now(),
    (failures, locked_until) = (SELECT n, CASE WHEN n >= $2::int
        THEN now() + make_interval(secs => least($3::float8, power(2, least(n - $2::int, ${DOUBLINGS_MAX})))) END
      FROM (SELECT CASE WHEN a.last_at < now() - make_interval(secs => $4::float8) THEN 1 ELSE a.failures + 1 END AS n) next)
  WHERE a.locked_until IS NULL OR a.locked_until <= now()
  RETURNING a.failures`;

function lockedOut(retryAfterMs: number): AccessError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  const wait = seconds < 90 ? `${seconds} second${seconds === 1 ? '' : 's'}` : `${Math.ceil(seconds / 60)} minutes`;
  const sentence = `Signing in failed too often. Please try again in ${wait}.`;
  return new AccessError('access.locked_out', sentence, 'limited', { retryAfterMs });
}

function keyOf(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}
