// Starts and stops as an operator sees them: the first start, a bad setting, a port in use, a signal, and a Postgres left in order.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { restClient } from '../support/rest.js';
import { startService, temporaryFolder } from '../support/service.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the service until it ends by itself. */
async function run(env: Record<string, string>): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [resolve('dist/src/start.cjs')], {
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', RETUNE_DATA: folder, LEARN_CRON: 'off', ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, stdout, stderr };
}

describe('a start that cannot succeed', () => {
  it('names a bad setting in one sentence and makes nothing', async () => {
    const { code, stderr } = await run({ PORT: 'eighty' });
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(/^Retune can't run: The environment is not valid\. PORT: [^\n]+$/);
    expect(existsSync(join(folder, 'postgres'))).toBe(false);
  });

  it('says that the port is in use, and stops the Postgres that it had started', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await run({ PORT: String(port), LOG_LEVEL: 'error' }).finally(() => other.close());
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(new RegExp(`^Retune can't run: port ${port} is in use already[^\n]+$`));
    expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(false);
  }, 120_000);
});

describe('a Postgres', () => {
  const pidFile = () => join(folder, 'postgres', 'postmaster.pid');
  const postmaster = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const begin = () =>
    spawn(process.execPath, [resolve('dist/src/start.cjs')], {
      env: { ...process.env, NODE_OPTIONS: '', PORT: '0', RETUNE_DATA: folder, LEARN_CRON: 'off' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const until = async (isTrue: () => boolean) => {
    for (let tries = 0; !isTrue() && tries < 2_000; tries++) await sleep(20);
    expect(isTrue()).toBe(true);
  };

  it('does not outlive a service that is ended while it starts', async () => {
    const child = begin();
    await until(() => existsSync(pidFile()) && readFileSync(pidFile(), 'utf8').includes('ready'));
    const pid = postmaster();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(existsSync(pidFile())).toBe(false);
    await until(() => !isAlive(pid));
  }, 120_000);

  it('does not outlive a service that gets its signal twice, as under npm and timeout', async () => {
    const child = begin();
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(() => output.includes('Retune is ready.'));
    child.kill('SIGTERM');
    await sleep(20);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(existsSync(pidFile())).toBe(false);
  }, 120_000);

  it('that a killed service left running is used by the next one, which stops it', async () => {
    const child = begin();
    await until(() => existsSync(pidFile()) && readFileSync(pidFile(), 'utf8').includes('ready'));
    const pid = postmaster();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(pid)).toBe(true);
    const next = await startService({ RETUNE_DATA: folder });
    expect(postmaster()).toBe(pid);
    await next.stop();
    expect(existsSync(pidFile())).toBe(false);
    expect(next.output()).not.toContain('Error');
  }, 240_000);
});

describe('a service', () => {
  it('makes tokens at its first start, keeps everything over a restart, and leaves Postgres in order', async () => {
    const settings = { RETUNE_DATA: folder, AGENT_TOKEN: '', OPERATOR_TOKEN: '' };
    const first = await startService(settings);
    expect(first.output()).toContain('Retune is ready.');
    expect(first.output()).toContain(join(folder, 'tokens.json'));
    const tokens = JSON.parse(await readFile(join(folder, 'tokens.json'), 'utf8')) as { operator: string };
    const prompts = '/api/v1/assistants/demo/prompt-versions';
    const access = { token: tokens.operator };
    const body = { instructions: 'Answer kindly.' };
    expect(await restClient(first.url).post(prompts, { ...access, body })).toMatchObject({ status: 201 });
    await first.stop();
    expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(false);

    const second = await startService(settings);
    expect(await restClient(second.url).get(prompts, access)).toMatchObject({
      ...{ status: 200, body: { promptVersions: [{ version: 2, active: true, ...body }, { version: 1 }] } },
    });
    await second.stop();
  }, 240_000);
});
