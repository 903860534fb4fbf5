// Versions for `npm run bench:swap`: random adapters of the size of trained ones, each with a probe that it and the base model really
// answer so, as a training run would have left them.
import type pg from 'pg';
import type { PromptTurn } from '../../../src/database/entities/example.entity.js';
import type { AdapterFile } from '../../../src/inference/engine.js';
import { LlamaCppEngine } from '../../../src/inference/llama-cpp-engine.js';
import { registerVersion, type VersionSettings } from '../../support/versions.js';

const RANK = 8;
const QUESTION = 'My card has not arrived yet, what should I do?';
const PROBE_TOKENS = 24;

/** Registers the versions 1 … `count` of the demo assistant as candidates. */
export async function registerVersions(database: pg.Client, settings: VersionSettings, count: number): Promise<void> {
  const { modelPath, modelSha256 } = settings;
  const { rows } = await database.query<{ instructions: string }>('SELECT instructions FROM prompt_versions');
  const prompt: PromptTurn[] = [
    { role: 'system', content: rows[0]?.instructions ?? '' },
    { role: 'user', content: QUESTION },
  ];
  const engine = await LlamaCppEngine.open({
    ...{ modelPath, modelSha256, threads: 2, slots: 1, contextTokens: 512, maxQueued: 1 },
  });
  try {
    const parentAnswer = await ask(engine, prompt);
    for (let version = 1; version <= count; version++) {
      const kept = await registerVersion(database, settings, version, { rank: RANK });
      const adapter = { assistantId: 'bench', version, ...kept };
      const probe = { prompt, answer: await ask(engine, prompt, adapter), parentAnswer };
      await engine.retire(adapter);
      await database.query('UPDATE adapter_versions SET probe = $1 WHERE version = $2', [
        JSON.stringify(probe),
        version,
      ]);
    }
  } finally {
    await engine.close();
  }
}

async function ask(engine: LlamaCppEngine, turns: PromptTurn[], adapter?: AdapterFile): Promise<string> {
  if (adapter) await engine.load(adapter);
  for await (const event of engine.generate({ adapter, turns, maxTokens: PROBE_TOKENS, temperature: 0 })) {
    if (event.kind === 'done') return event.result.text;
  }
  return '';
}
