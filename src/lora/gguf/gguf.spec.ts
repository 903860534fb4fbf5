import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoraError } from '../lora-error.js';
import { readConfig } from '../model/config.js';
import { seededRandom } from '../random.js';
import {
  architectureGguf,
  floats,
  readGolden,
  TINY_GGUF,
  type BlockFormatGolden,
  type QuantisedGolden,
} from '../testing/golden.js';
import { dequantise } from './dequantise.js';
import { quantise } from './quantise.js';
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

  it.each(['F16', 'Q8_0'] as const)('packs %s as the gguf package does', (format) => {
    const { values, packed } = readGolden<QuantisedGolden>('quantised.json');
    expect(quantise(format, floats(values)).toString('base64')).toBe(packed[format]);
  });

  it('packs every float16 into itself', () => {
    const bytes = Buffer.from(Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits).buffer);
    const values = dequantise('F16', bytes, 1 << 16);
    const again = quantise('F16', values);
    values.forEach((value, bits) => {
      if (!Number.isNaN(value)) expect(again.readUInt16LE(bits * 2)).toBe(bits);
    });
  });

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

  it('refuses a file cut at any byte of its header, and at many of its tensors', () => {
    const whole = readFileSync(architectureGguf('qwen2'));
    const gguf = openGguf(architectureGguf('qwen2'));
    const ends = [...gguf.tensors.values()].map(({ offset, bytes }) => offset + bytes);
    const header = Math.min(...[...gguf.tensors.values()].map(({ offset }) => offset));
    gguf.close();
    const path = file('cut-anywhere.gguf', whole.subarray(0, Math.max(...ends)));
    expect(() => openGguf(path).close()).not.toThrow();
    for (let length = Math.max(...ends) - 1; length >= 0; length -= length > header ? 97 : 1) {
      truncateSync(path, length);
      expect(() => openGguf(path)).toThrow(LoraError);
    }
  });

  it('survives random bytes anywhere in its header: read or refused, never a crash', () => {
    const random = seededRandom(6);
    const whole = readFileSync(architectureGguf('qwen3'));
    for (let round = 0; round < 400; round++) {
      const bytes = Buffer.from(whole);
      const at = Math.floor(random() * 2600);
      for (let i = 0; i < 1 + (round % 8); i++) bytes[at + i] = Math.floor(random() * 256);
      try {
        const gguf = openGguf(file('random.gguf', bytes));
        try {
          [...gguf.tensors.keys()].forEach((name) => gguf.read(name));
          readConfig(gguf);
        } finally {
          gguf.close();
        }
      } catch (error) {
        expect(error).toBeInstanceOf(LoraError);
      }
    }
  });

  it.each<[string, string, RegExp, (tensor: Tensor) => Tensor]>([
    ['gguf.truncated', 'a size that overflows', /impossible/, (t) => ({ ...t, shape: [2 ** 40, 2 ** 40] })],
    ['gguf.truncated', 'a size of zero', /impossible/, (t) => ({ ...t, shape: [0] })],
    ['gguf.truncated', 'rows that are no whole blocks', /impossible/, (t) => ({ ...t, type: 2, shape: [33] })],
    ['gguf.truncated', 'an offset beyond the end', /ends at byte/, (t) => ({ ...t, offset: 1e15 })],
    ['gguf.unsupported_type', 'a block type from the future', /type 99.*Q4_K/, (t) => ({ ...t, type: 99 })],
    ['gguf.not_finite', 'NaN', /NaN or infinity/, (t) => ({ ...t, values: [1, NaN] })],
    ['gguf.not_finite', 'infinity', /NaN or infinity/, (t) => ({ ...t, values: [-Infinity, 1] })],
  ])('refuses with %s: %s', (code, _what, message, change) => {
    const path = file('crafted.gguf', crafted(change({ shape: [2], type: 0, offset: 0, values: [1, 2] })));
    const read = () => openGguf(path).read('t');
    expect(read).toThrow(expect.objectContaining({ code }));
    expect(read).toThrow(message);
  });

  it('refuses nested arrays without end, and lengths beyond the file', () => {
    const deep = Array.from({ length: 50_000 }, () => [u32(9), u64(1)]).flat();
    const start = [u32(0x46554747), u32(3), u64(0), u64(1), u64(1), Buffer.from('k')];
    expect(() => openGguf(file('deep.gguf', Buffer.concat([...start, u32(9), ...deep])))).toThrow(/nested/);
    const long = [...start, u32(9), u32(0), u64(2 ** 50), Buffer.alloc(64)];
    expect(() => openGguf(file('long.gguf', Buffer.concat(long)))).toThrow(/length of 1125899906842624/);
  });

  interface Tensor {
    shape: number[];
    type: number;
    offset: number;
    values: number[];
  }
  const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  const u64 = (value: number) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
  /** A file with one tensor `t`, whatever its directory says of it. */
  function crafted({ shape, type, offset, values }: Tensor): Buffer {
    const directory = [u64(1), Buffer.from('t'), u32(shape.length), ...shape.map(u64), u32(type), u64(offset)];
    const head = Buffer.concat([u32(0x46554747), u32(3), u64(1), u64(0), ...directory]);
    return Buffer.concat([head, Buffer.alloc(-head.length & 31), Buffer.from(Float32Array.from(values).buffer)]);
  }

  function patched(offset: number, value: number): Buffer {
    const bytes = Buffer.from(readFileSync(TINY_GGUF));
    bytes.writeUInt32LE(value, offset);
    return bytes;
  }
});
