import { appendFile, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureModel, readModel } from './model.js';

const TINY = 'test/peers/golden/tiny.gguf';
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
    await copyFile(TINY, path);
    expect(readModel(folder, path)).toBeUndefined();
    const model = await ensureModel(folder, () => undefined, path);
    expect(model).toEqual({ path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(readModel(folder, path)).toEqual(model);
  });

  it('is hashed again after it changed', async () => {
    await copyFile(TINY, path);
    const before = await ensureModel(folder, () => undefined, path);
    await appendFile(path, 'more');
    expect(readModel(folder, path)).toBeUndefined();
    expect((await ensureModel(folder, () => undefined, path)).sha256).not.toBe(before.sha256);
  });

  const other = (tiny: Buffer) => {
    const at = tiny.indexOf('general.architecture') + 'general.architecture'.length + 4 + 8;
    tiny.write('bloom', at);
    return tiny;
  };
  it.each([
    ['no GGUF', () => Buffer.concat([head('PK\x03\x04', 3), Buffer.alloc(64)]), /is not a GGUF file/],
    ['an old GGUF', () => Buffer.concat([head('GGUF', 1), Buffer.alloc(64)]), /is GGUF version 1/],
    ['an empty file', () => Buffer.alloc(0), /is not a GGUF file/],
    ['a truncated one', (tiny: Buffer) => tiny.subarray(0, tiny.length - 100), /is incomplete: .* Download it again/],
    ['one cut in its directory', (tiny: Buffer) => tiny.subarray(0, 300), /own\.gguf is damaged/],
    ['a foreign architecture', other, /has architecture "bloom"; adapters can be trained for: llama/],
  ])('%s is refused with a sentence that says why and what to do', async (_, make, words) => {
    await writeFile(path, make(await readFile(TINY)));
    expect(() => readModel(folder, path)).toThrow(words);
    expect(() => readModel(folder, path)).toThrow(/^RETUNE_MODEL can't be used: [^\n]+ or unset it[^\n]*\.$/);
    await expect(ensureModel(folder, () => undefined, path)).rejects.toMatchObject({ code: 'setup.model' });
  });

  it('a missing file is refused with a sentence', () => {
    expect(() => readModel(folder, path)).toThrow(
      /^RETUNE_MODEL can't be used: .*can't be opened: .*or unset it for the default model\.$/,
    );
  });
});
