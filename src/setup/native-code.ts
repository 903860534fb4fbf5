// What the parts that set-up compiles have in common: where our sources lie, and how what was compiled comes into node_modules.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf, SetupError, type SetupErrorCode } from './setup-error.js';

const require = createRequire(import.meta.url);

/** Where Node-API's headers lie. */
export function nodeHeaders(): string {
  return join(dirname(require.resolve('node-api-headers/package.json')), 'include');
}

/** A folder of C++ sources, in the source tree beside the code that runs them. @param path below `src/`, with a slash at its end */
export function nativeSources(path: string): string {
  return [`../${path}`, `../../../src/${path}`]
    .map((each) => fileURLToPath(new URL(each, import.meta.url)))
    .find((each) => existsSync(each)) as string;
}

/**
 * Puts a compiled file into node_modules.
 * @param what it is, in words
 * @throws SetupError of this code when that folder is somebody else's
 */
export async function installCompiled(
  compiled: string,
  path: string,
  what: string,
  code: SetupErrorCode,
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    // Renamed into place, never written over: another process may have it mapped.
    await copyFile(compiled, `${path}.part`);
    await rename(`${path}.part`, path);
  } catch (cause) {
    const advice = 'run `npm run setup` as the user who owns node_modules';
    throw new SetupError(code, `${what} can't be put in node_modules (${reasonOf(cause)}): ${advice}.`, { cause });
  }
}
