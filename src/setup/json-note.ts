// Small files in which set-up writes down what it found or chose. A reader sees the whole of one or none.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export async function writeJsonNote(path: string, note: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, JSON.stringify(note));
  await rename(`${path}.part`, path);
}
