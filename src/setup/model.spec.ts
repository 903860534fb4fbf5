import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureModel, readModel } from './model.js';

const head = (magic: string, version: number) => Buffer.concat([Buffer.from(magic), Buffer.from([version, 0, 0, 0])]);

describe("a user's own model", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retune-model-'));
    path = join(folder, 'own.gguf');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is used as it is, and hashed once', async () => {
    await writeFile(path, head('GGUF', 3));
    expect(readModel(folder, path)).toBeUndefined();
    const model = await ensureModel(folder, () => undefined, path);
    expect(model).toEqual({ path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(readModel(folder, path)).toEqual(model);
  });

  it('is hashed again after it changed', async () => {
    await writeFile(path, head('GGUF', 3));
    const before = await ensureModel(folder, () => undefined, path);
    await writeFile(path, Buffer.concat([head('GGUF', 3), Buffer.from('more')]));
    expect(readModel(folder, path)).toBeUndefined();
    expect((await ensureModel(folder, () => undefined, path)).sha256).not.toBe(before.sha256);
  });

  it.each([
    ['no GGUF', head('PK\x03\x04', 3), /is not a GGUF file/],
    ['an old GGUF', head('GGUF', 1), /GGUF of version 1/],
    ['an empty file', Buffer.alloc(0), /is not a GGUF file/],
  ])('%s is refused with a sentence', async (_, content, words) => {
    await writeFile(path, content);
    expect(() => readModel(folder, path)).toThrow(words);
    await expect(ensureModel(folder, () => undefined, path)).rejects.toMatchObject({ code: 'setup.model' });
  });

  it('a missing file is refused with a sentence', () => {
    expect(() => readModel(folder, path)).toThrow(/^RETUNE_MODEL can't be read .*or unset it\.$/);
  });
});
