// The Python that runs transformers and PEFT: RETUNE_PEERS_PYTHON, or an environment of its own in the cache folder, made when missing.
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runChild } from '../support/child.js';

const REQUIREMENTS = resolve('test', 'peers', 'requirements.txt');

/** @throws Error that says what to do when there is no Python or its packages can't be installed */
export async function peerPython(cacheFolder: string): Promise<string> {
  if (process.env.RETUNE_PEERS_PYTHON) return process.env.RETUNE_PEERS_PYTHON;
  const folder = join(cacheFolder, 'peers');
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'complete'))) return python;
  console.error('Making a Python environment with torch, transformers and PEFT (once, about 2 GB) …');
  try {
    await runChild('python3', ['-m', 'venv', folder]);
    await runChild(python, ['-m', 'pip', 'install', '--quiet', '-r', REQUIREMENTS]);
    writeFileSync(join(folder, 'complete'), '');
  } catch (error) {
    const advice = 'install python3-venv, or set RETUNE_PEERS_PYTHON to a Python with test/peers/requirements.txt';
    throw new Error(`The peer can't be installed (${(error as Error).message}): ${advice}.`, { cause: error });
  }
  return python;
}
