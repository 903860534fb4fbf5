// A tar archive of a few files, as a stream: POSIX ustar (IEEE Std 1003.1, "pax", §ustar Interchange Format).
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

const BLOCK = 512;
/** Eleven octal digits. */
const SIZE_MAX = 8 ** 11 - 1;
const NAME_MAX = 100;

/** A file and its name in the archive. */
export interface TarEntry {
  name: string;
  path: string;
}

/** @returns the archive and how long it is */
export async function tarOf(entries: readonly TarEntry[], now: Date): Promise<{ stream: Readable; sizeBytes: number }> {
  const sized = await Promise.all(entries.map(async (entry) => ({ ...entry, size: (await stat(entry.path)).size })));
  const sizeBytes = sized.reduce((sum, { size }) => sum + BLOCK + padded(size), 2 * BLOCK);
  return { stream: Readable.from(bytesOf(sized, now)), sizeBytes };
}

async function* bytesOf(entries: readonly (TarEntry & { size: number })[], now: Date): AsyncGenerator<Buffer> {
  for (const { name, path, size } of entries) {
    yield header(name, size, now);
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) yield chunk;
    yield Buffer.alloc(padded(size) - size);
  }
  yield Buffer.alloc(2 * BLOCK);
}

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;

function header(name: string, size: number, now: Date): Buffer {
  if (name.length > NAME_MAX || size > SIZE_MAX) throw new RangeError(`${name} does not fit into a tar archive.`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 7), 100);
  block.write(octal(0, 7) + octal(0, 7), 108);
  block.write(octal(size, 11), 124);
  block.write(octal(Math.floor(now.getTime() / 1000), 11), 136);
  block.write('        0', 148); // the checksum counts as blanks; a regular file
  block.write('ustar\x0000', 257);
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${octal(checksum, 6)} `, 148);
  return block;
}
