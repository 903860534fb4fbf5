// Adapter versions as a training run would have left them: the file in the artifact folder, the row in the registry.
import { createHash } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { AdapterVersion } from '../../src/database/entities/adapter-version.entity.js';
import { randomAdapter } from './random-adapter.js';

export interface VersionSettings {
  dataDir: string;
  modelPath: string;
  modelSha256: string;
}
/** Seeds from 3 on leave the base model's answer at the first word. */
const SEED_OF_VERSION_0 = 2;
const SMALL_RANK = 4;

type Kept = { path: string; sha256: string };

/** Registers a version of the demo assistant with a random adapter, or with `bytes` as its file. */
export async function registerVersion(
  client: pg.Client,
  { dataDir, modelPath, modelSha256 }: VersionSettings,
  version: number,
  more: Partial<Pick<AdapterVersion, 'status' | 'probe' | 'baseSha256' | 'rank'>> & { bytes?: Buffer } = {},
): Promise<Kept> {
  const folder = join(dataDir, 'artifacts');
  const { status = 'candidate', probe = null, baseSha256 = modelSha256, rank = SMALL_RANK } = more;
  const seed = version + SEED_OF_VERSION_0;
  const kept = more.bytes ? keep(folder, more.bytes) : randomAdapter(modelPath, folder, { seed, rank });
  await client.query(
    `INSERT INTO adapter_versions
      (assistant_id, version, status, parent_version, sha256, size_bytes, base_sha256, rank, alpha, probe)
    SELECT id, $1, $2, 0, $3, $4, $5, $7, 2 * $7, $6 FROM assistants WHERE slug = 'demo'`,
    [version, status, kept.sha256, statSync(kept.path).size, baseSha256, probe && JSON.stringify(probe), rank],
  );
  return kept;
}

function keep(folder: string, bytes: Buffer): Kept {
  mkdirSync(folder, { recursive: true });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = join(folder, `${sha256}.gguf`);
  writeFileSync(path, bytes);
  return { path, sha256 };
}
