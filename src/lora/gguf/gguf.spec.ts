import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../model/config.js';
import { floats, readGolden, TINY_GGUF, type BlockFormatGolden } from '../testing/golden.js';
import { dequantise } from './dequantise.js';
import { openGguf } from './read.js';
import { writeGguf } from './write.js';

describe('GGUF', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'retune-gguf-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (name: string, bytes: Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };

  it.each(readGolden<BlockFormatGolden[]>('block-formats.json').map((golden) => [golden.format, golden] as const))(
    'dequantises %s as the gguf package does',
    (_, golden) => {
      const expected = floats(golden.values);
      const ours = dequantise(golden.format, Buffer.from(golden.bytes, 'base64'), expected.length);
      ours.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
      expect(expected.some((value) => value !== 0)).toBe(true);
    },
  );

  it('reads metadata and tensors that the gguf package wrote', () => {
    const gguf = openGguf(TINY_GGUF);
    expect(gguf.metadata.get('llama.attention.head_count_kv')).toBe(2);
    expect(gguf.tensors.get('blk.1.ffn_down.weight')?.shape).toEqual([48, 80]);
    expect(gguf.read('blk.1.ffn_down.weight')).toHaveLength(48 * 80);
    gguf.close();
  });

  it('reads back what it writes', () => {
    const path = join(folder, 'own.gguf');
    const values = Float32Array.from({ length: 15 }, (_, i) => i / 7);
    writeGguf(
      path,
      [
        { key: 'general.name', type: 'string', value: 'tät' },
        { key: 'a.number', type: 'uint32', value: 7 },
      ],
      [
        { name: 'first', shape: [3, 5], values },
        { name: 'second', shape: [2], values: values.subarray(1, 3) },
      ],
    );
    const gguf = openGguf(path);
    expect(gguf.metadata.get('general.name')).toBe('tät');
    expect(gguf.tensors.get('first')?.shape).toEqual([3, 5]);
    expect([...gguf.read('first')]).toEqual([...values]);
    expect([...gguf.read('second')]).toEqual([...values.subarray(1, 3)]);
    gguf.close();
  });

  it.each([
    ['gguf.not_gguf', 'a text file', () => file('text.gguf', Buffer.from('hello, this is certainly not a model'))],
    ['gguf.not_gguf', 'an empty file', () => file('empty.gguf', Buffer.alloc(0))],
    ['gguf.unreadable', 'a file that is not there', () => join(folder, 'none.gguf')],
    ['gguf.truncated', 'a header cut short', () => file('head.gguf', readFileSync(TINY_GGUF).subarray(0, 300))],
    ['gguf.truncated', 'tensors cut short', () => file('cut.gguf', readFileSync(TINY_GGUF).subarray(0, 100_000))],
    ['gguf.unsupported_version', 'a future version', () => file('v9.gguf', patched(4, 9))],
  ])('refuses with %s: %s', (code, _what, path) => {
    expect(() => openGguf(path())).toThrow(expect.objectContaining({ code }));
  });

  it('names the architecture it cannot train', () => {
    const path = join(folder, 'bert.gguf');
    writeGguf(path, [{ key: 'general.architecture', type: 'string', value: 'bert' }], []);
    const gguf = openGguf(path);
    expect(() => readConfig(gguf)).toThrow(expect.objectContaining({ code: 'model.unsupported_architecture' }));
    expect(() => readConfig(gguf)).toThrow(/bert/);
    gguf.close();
  });

  function patched(offset: number, value: number): Buffer {
    const bytes = Buffer.from(readFileSync(TINY_GGUF));
    bytes.writeUInt32LE(value, offset);
    return bytes;
  }
});
