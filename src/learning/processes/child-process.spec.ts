// Real child processes with small made-up modules: every way in which a child can end is told apart.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { failedSchema, runChild } from './child-process.js';

const messages = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), step: z.number() }),
  z.object({ kind: z.literal('done'), value: z.number().or(z.nan()), env: z.array(z.string()) }),
  failedSchema,
]);

describe('runChild', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'retune-child-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const child = (body: string, options: { signal?: AbortSignal; onStart?: (pid: number) => void } = {}) => {
    const path = join(folder, 'child.mjs');
    writeFileSync(path, body);
    const heard: number[] = [];
    const result = runChild({
      name: 'The learner',
      module: pathToFileURL(path),
      start: { kind: 'start', step: 7 },
      messages,
      onMessage: (message) => void (message.kind === 'progress' && heard.push(message.step)),
      logPath: join(folder, 'learner.log'),
      signal: options.signal ?? new AbortController().signal,
      cancelGraceMs: 200,
      onStart: options.onStart,
    });
    return { result, heard };
  };

  it('passes on progress and the result (NaN included), at low priority, without secrets', async () => {
    process.env.OPERATOR_TOKEN = 'not-for-children-0000';
    let priority = 0;
    const body = `process.on('message', ({ step }) => {
      process.send({ kind: 'progress', step });
      process.send({ kind: 'done', value: NaN, env: Object.keys(process.env) }, () => process.exit(0));
    });`;
    const { result, heard } = child(body, { onStart: (pid) => (priority = getPriority(pid)) });
    const done = await result;
    delete process.env.OPERATOR_TOKEN;
    expect(heard).toEqual([7]);
    expect(done.value).toBeNaN();
    expect(done.env).toContain('PATH');
    expect(done.env).not.toContain('OPERATOR_TOKEN');
    expect(priority).toBe(19);
  });

  it('reports the reason that the child gives', async () => {
    const { result } = child(
      `process.on('message', () => process.send({ kind: 'failed', code: 'x', message: 'No room.' }, () => process.exit(0)));`,
    );
    await expect(result).rejects.toMatchObject({
      code: 'learning.learner_failed',
      message: 'The learner failed: No room.',
    });
  });

  it('makes a sentence of a crash, with the last words', async () => {
    const { result } = child(`console.log('Loading.'); console.error('std::bad_alloc'); process.exit(134);`);
    await expect(result).rejects.toMatchObject({
      code: 'learning.learner_died',
      message:
        'The learner ended without a result: it ended with exit code 134. Its last words: Loading. std::bad_alloc',
    });
    expect(readFileSync(join(folder, 'learner.log'), 'utf8')).toContain('std::bad_alloc');
  });

  it('makes a sentence of a kill', async () => {
    const { result } = child(`process.on('message', () => process.kill(process.pid, 'SIGKILL'));`);
    await expect(result).rejects.toThrow('it was killed (SIGKILL)');
  });

  it('refuses a message that it does not know', async () => {
    const { result } = child(
      `process.on('message', () => process.send({ kind: 'progress', step: 'one' }, () => process.exit(0)));`,
    );
    await expect(result).rejects.toMatchObject({ code: 'learning.learner_failed' });
  });

  it('cancels with a message', async () => {
    const abort = new AbortController();
    const { result } = child(`process.on('message', ({ kind }) => kind === 'cancel' && process.exit(0));`, abort);
    setTimeout(() => abort.abort(), 100);
    await expect(result).rejects.toMatchObject({ code: 'learning.cancelled' });
  });

  it('kills a child that does not listen', async () => {
    const abort = new AbortController();
    const { result } = child(
      `process.on('SIGTERM', () => {}); process.on('message', () => {}); setInterval(() => {}, 1000);`,
      abort,
    );
    await sleep(300);
    const before = Date.now();
    abort.abort();
    await expect(result).rejects.toMatchObject({ code: 'learning.cancelled' });
    expect(Date.now() - before).toBeLessThan(3000);
  });
});
