import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadWheel, findPipClient, pipArguments, wheelPath, type Wheel } from './python-wheels.js';

const CONTENT = 'a wheel';
const wheel: Wheel = {
  name: 'thing',
  version: '1.0',
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
  bytes: CONTENT.length,
};

describe('downloadWheel', () => {
  let folder: string;
  let calls: string;
  const quiet = { isTerminal: false, writeLine: () => undefined };

  /** A stand-in for pip: notes its call, then runs the script, in which DEST is the folder asked for. */
  async function fakePip(script: string): Promise<[string]> {
    const path = join(folder, 'fake-pip');
    const lines = ['#!/bin/sh', `echo "$*" >> ${calls}`, 'while [ "$1" != --dest ]; do shift; done', 'DEST=$2', script];
    await writeFile(path, lines.join('\n'));
    await chmod(path, 0o755);
    return [path];
  }
  const callCount = async () => (existsSync(calls) ? (await readFile(calls, 'utf8')).trim().split('\n').length : 0);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retune-wheel-'));
    calls = join(folder, 'calls');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('fetches once, and then uses what is there', async () => {
    const client = await fakePip(`printf '${CONTENT}' > "$DEST/thing-1.0-py3-none-any.whl"`);
    const path = await downloadWheel(wheel, folder, { client, output: quiet });
    expect(await readFile(path, 'utf8')).toBe(CONTENT);
    expect(await downloadWheel(wheel, folder, { client, output: quiet })).toBe(path);
    expect(await callCount()).toBe(1);
  });

  it('replaces a truncated wheel of an earlier try', async () => {
    await writeFile(wheelPath(wheel, folder), CONTENT.slice(0, 3));
    const client = await fakePip(`printf '${CONTENT}' > "$DEST/thing-1.0-py3-none-any.whl"`);
    expect(await readFile(await downloadWheel(wheel, folder, { client, output: quiet }), 'utf8')).toBe(CONTENT);
  });

  it('keeps nothing of a wheel with the wrong content', async () => {
    const client = await fakePip(`printf 'something else' > "$DEST/thing-1.0-py3-none-any.whl"`);
    const attempt = downloadWheel(wheel, folder, { client, output: quiet });
    await expect(attempt).rejects.toMatchObject({ code: 'setup.checksum' });
    expect((await readdir(folder)).sort()).toEqual(['calls', 'fake-pip']);
  });

  it('tries again after a network failure, a bounded number of times', async () => {
    const client = await fakePip('echo "ERROR: connection reset" >&2; exit 1');
    const attempt = downloadWheel(wheel, folder, { client, output: quiet, triesMax: 2 });
    await expect(attempt).rejects.toMatchObject({
      code: 'setup.download',
      message: expect.stringContaining('thing 1.0 (ERROR: connection reset)') as string,
    });
    expect(await callCount()).toBe(2);
  });

  it('says at once that the disk is full', async () => {
    const client = await fakePip('echo "ERROR: [Errno 28] No space left on device" >&2; exit 1');
    const attempt = downloadWheel(wheel, folder, { client, output: quiet });
    await expect(attempt).rejects.toMatchObject({ code: 'setup.disk-full' });
    expect(await callCount()).toBe(1);
  });
});

describe('findPipClient', () => {
  it('takes the first that works', async () => {
    const works = [process.execPath] as const;
    await expect(findPipClient([['/nonexistent/python', '-m', 'pip'], works])).resolves.toEqual([process.execPath]);
  });
});

describe('pipArguments', () => {
  it('asks for one interpreter and platform whatever runs pip', () => {
    const target = { pythonVersion: '311', abi: 'cp311', platform: 'manylinux_2_27_x86_64' };
    const line = pipArguments({ ...wheel, target }, '/to').join(' ');
    expect(line).toContain('--only-binary :all:');
    expect(line).toContain('--implementation cp --python-version 311 --abi cp311 --platform manylinux_2_27_x86_64');
    expect(line.endsWith('--dest /to thing==1.0')).toBe(true);
  });
});
