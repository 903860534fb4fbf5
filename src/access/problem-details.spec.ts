// Every kind of failure as a client sees it; above all, what nobody foresaw shows nothing but an id.
import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { RetuneError, type ErrorKind } from '../config/retune-error.js';
import { problemOf, problemSchema } from './problem-details.js';
import { RequestError } from './request-error.js';

const request = { instance: '/here', correlationId: 'id-1' };
const statusOf = (error: unknown) => problemOf(error, request).problem.status;

describe('problemOf', () => {
  it('gives each kind of domain error its status', () => {
    const kinds: ErrorKind[] = [
      'invalid',
      'unauthenticated',
      'forbidden',
      'notFound',
      'conflict',
      'tooLarge',
      'limited',
      'unavailable',
    ];
    const statuses = kinds.map((kind) => statusOf(new RetuneError('a.code', 'Words.', kind)));
    expect(statuses).toEqual([400, 401, 403, 404, 409, 413, 429, 503]);
    const { problem, expected } = problemOf(new RetuneError('a.code', 'Words.', 'conflict'), request);
    expect(expected).toBe(true);
    expect(problem).toMatchObject({ title: 'Conflict', code: 'a.code', detail: 'Words.', instance: '/here' });
    expect(problemSchema.parse(problem)).toEqual(problem);
  });

  it('hides what nobody foresaw behind the id', () => {
    const { problem, expected } = problemOf(new TypeError('secret.internals is undefined'), request);
    expect(expected).toBe(false);
    expect(problem).toMatchObject({ status: 500, code: 'internal', correlationId: 'id-1' });
    expect(JSON.stringify(problem)).not.toContain('secret');
    expect(statusOf('a string')).toBe(500);
    expect(statusOf(Object.assign(new Error('x'), { status: 502 }))).toBe(500);
  });

  it('says 503 when Postgres is away, however deep that is', () => {
    const lost = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const wrapped = Object.assign(new Error('query failed'), { driverError: new Error('inner', { cause: lost }) });
    expect(problemOf(wrapped, request).problem).toMatchObject({ status: 503, code: 'database.unavailable' });
  });

  it('passes on refusals of the framework and the body parser', () => {
    expect(problemOf(new NotFoundException('Cannot GET /x'), request).problem).toMatchObject({
      ...{ status: 404, code: 'request.route_unknown', detail: 'Cannot GET /x' },
    });
    const tooLarge = Object.assign(new Error('request entity too large'), { status: 413, type: 'entity.too.large' });
    expect(problemOf(tooLarge, request).problem).toMatchObject({ status: 413, code: 'request.too_large' });
  });

  it('names the refused parts of a request, not more than twenty', () => {
    const issues = Array.from({ length: 50 }, (_, i) => ({ path: `part${i}`, message: 'no' }));
    const { problem } = problemOf(new RequestError(issues), request);
    expect(problem.issues).toHaveLength(20);
    expect(problem.detail).toContain('part0: no; part1: no');
  });
});
