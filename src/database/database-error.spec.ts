// Which failures mean "Postgres is away": these answer 503 and are tried again; all others are bugs and must not be hidden.
import { describe, expect, it } from '@jest/globals';
import {
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TransactionNotStartedError,
} from 'typeorm';
import { asUnavailable, isLostConnection } from './database-error.js';
import { placeOf } from './open-database.js';

const failure = (code: string, more = {}) => Object.assign(new Error('failed'), { code, ...more });

describe('isLostConnection', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', '57P01', '57P03', '53300', '08006'])(
    'knows %s',
    (code) => {
      expect(isLostConnection(failure(code))).toBe(true);
    },
  );

  it.each(['23505', '42P01', '22P02', 'EACCES', 'ENOSPC'])('leaves %s alone', (code) => {
    expect(isLostConnection(failure(code))).toBe(false);
  });

  it('knows the words of the driver, and looks into causes', () => {
    expect(isLostConnection(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isLostConnection(new Error('outer', { cause: failure('57P01') }))).toBe(true);
    expect(isLostConnection(Object.assign(new Error('outer'), { driverError: failure('ECONNRESET') }))).toBe(true);
    expect(isLostConnection('not an error')).toBe(false);
  });

  it('knows TypeORM’s words for a connection that was cut in the middle of a transaction', () => {
    expect(isLostConnection(new QueryRunnerProviderAlreadyReleasedError())).toBe(true);
    expect(isLostConnection(new QueryRunnerAlreadyReleasedError())).toBe(true);
    expect(isLostConnection(new TransactionNotStartedError())).toBe(true);
  });

  it('takes a missing file for a lost connection only where it is a socket', () => {
    expect(isLostConnection(failure('ENOENT', { syscall: 'open' }))).toBe(false);
    expect(isLostConnection(failure('ENOENT', { syscall: 'connect' }))).toBe(true);
  });

  it('tells a busy Postgres from one that is away, and both answer "unavailable"', () => {
    const timedOut = Object.assign(new Error('query failed'), { driverError: failure('57014') });
    expect(isLostConnection(timedOut)).toBe(false);
    expect(asUnavailable(timedOut)).toMatchObject({ code: 'database.unavailable', kind: 'unavailable' });
    expect(asUnavailable(timedOut)?.message).toContain('busy');
  });

  it('ends on causes that go round', () => {
    const error = new Error('a');
    error.cause = error;
    expect(isLostConnection(error)).toBe(false);
    expect(asUnavailable(error)).toBeUndefined();
  });
});

describe('placeOf', () => {
  it('shows where, never the password', () => {
    expect(placeOf('postgres://user:secret@db.example:5433/retune')).toBe('db.example:5433/retune');
  });
});
