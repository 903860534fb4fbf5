import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertSha256, rememberedSha256, rememberSha256, sha256Of } from './checksum.js';

const SHA_OF_HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

describe('checksum', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retune-checksum-'));
    path = join(folder, 'file');
    await writeFile(path, 'hello');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('computes the sha256 of a file', async () => {
    expect(await sha256Of(path)).toBe(SHA_OF_HELLO);
  });

  it('accepts the right file and leaves it', async () => {
    await assertSha256(path, SHA_OF_HELLO, 'greeting');
    expect(existsSync(path)).toBe(true);
  });

  it('removes a wrong file and says what to do', async () => {
    await writeFile(path, 'hullo');
    await expect(assertSha256(path, SHA_OF_HELLO, 'greeting')).rejects.toMatchObject({
      code: 'setup.checksum',
      message: expect.stringMatching(/^greeting is damaged .* run `npm run setup` again\.$/) as string,
    });
    expect(existsSync(path)).toBe(false);
  });

  it('remembers a proof until the file changes in size or time', async () => {
    expect(rememberedSha256(path)).toBeUndefined();
    await rememberSha256(path, SHA_OF_HELLO);
    expect(rememberedSha256(path)).toBe(SHA_OF_HELLO);
    await utimes(path, new Date(), new Date(Date.now() + 5_000));
    expect(rememberedSha256(path)).toBeUndefined();
    await rememberSha256(path, SHA_OF_HELLO);
    await writeFile(path, 'hello!');
    expect(rememberedSha256(path)).toBeUndefined();
  });

  it('takes a damaged proof for none', async () => {
    await writeFile(`${path}.proof.json`, '{"sha256":');
    expect(rememberedSha256(path)).toBeUndefined();
  });
});
