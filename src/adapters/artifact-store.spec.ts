// Holds that artifacts are written once, named by their hash, and never trusted unread.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderArtifactStore } from './artifact-store.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'retune-artifacts-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function source(content: string): Promise<string> {
  const path = join(folder, 'source');
  await writeFile(path, content);
  return path;
}

describe('FolderArtifactStore', () => {
  it('keeps a copy under its hash, also twice, and leaves nothing else behind', async () => {
    const store = new FolderArtifactStore(join(folder, 'kept'));
    const sha256 = createHash('sha256').update('weights').digest('hex');
    expect(await store.put(await source('weights'))).toEqual({ sha256, sizeBytes: 7 });
    await store.put(await source('weights'));
    expect(await readdir(join(folder, 'kept'))).toEqual([`${sha256}.gguf`]);
    expect(await readFile(await store.pathOf(sha256), 'utf8')).toBe('weights');
  });

  it('notices a file that was changed', async () => {
    const store = new FolderArtifactStore(folder);
    const { sha256 } = await store.put(await source('weights'));
    const path = await store.pathOf(sha256);
    await chmod(path, 0o644);
    await writeFile(path, 'weightz');
    await expect(store.pathOf(sha256)).rejects.toMatchObject({ code: 'adapters.artifact_damaged' });
  });

  it.each(['../../etc/passwd', '', 'A'.repeat(64), 'f'.repeat(64)])('has no file named %j', async (name) => {
    await expect(new FolderArtifactStore(folder).pathOf(name)).rejects.toMatchObject({
      code: 'adapters.artifact_missing',
    });
  });

  it('says so when it can’t keep a file, and leaves no part of it', async () => {
    const store = new FolderArtifactStore(folder);
    await expect(store.put(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'adapters.artifact_unwritable' });
    expect(await readdir(folder)).toEqual([]);
  });
});
