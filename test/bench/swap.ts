// `node dist/test/bench/swap.js [swaps]`: how long a promotion and a rollback take beside four streaming chats, without the training of
// `npm run demo:loop`: the adapters are random, of the size of trained ones. The last line is JSON, in milliseconds.
import { rmSync } from 'node:fs';
import pg from 'pg';
import type { PromptTurn } from '../../src/database/entities/example.entity.js';
import { LlamaCppEngine } from '../../src/inference/llama-cpp-engine.js';
import { readAssets } from '../../src/setup/assets.js';
import { Tally } from '../demo/customer.js';
import { operatorOf } from '../demo/operator.js';
import { say } from '../demo/screen.js';
import { swapUnderLoad } from '../demo/swap.js';
import { startService, temporaryFolder } from '../support/service.js';
import { registerVersion } from '../support/versions.js';

const VERSION = 1;
const RANK = 8;
const QUESTION = 'My card has not arrived yet, what should I do?';

const swaps = Number(process.argv[2] ?? 5);
const assets = readAssets();
if (!assets) throw new Error('Run `npm run setup` first.');
const { modelPath, modelSha256 } = assets;
const dataDir = await temporaryFolder();
const service = await startService({ RETUNE_DATA: dataDir, LEARN_CRON: 'off', CHAT_MAX_ANSWER_TOKENS: '96' });
const database = new pg.Client(service.databaseUrl);
try {
  await database.connect();
  const prompt = await registerWithProbe();
  say(`Probe: ${prompt.length} turns. ${swaps} times there and back:`);
  const operator = operatorOf(service);
  const tally = new Tally();
  const promote: number[] = [];
  const rollback: number[] = [];
  for (let i = 0; i < swaps; i++) {
    const up = await swapUnderLoad(service.url, tally, VERSION, () => operator.promote(VERSION, 'Measured.'));
    const down = await swapUnderLoad(service.url, tally, 0, () => operator.rollback('Measured.'));
    promote.push(up.toFirstTokenMs);
    rollback.push(down.toFirstTokenMs);
    say(
      `  promote ${up.carriedOutMs} + ${up.toFirstTokenMs - up.carriedOutMs}, roll back ${down.carriedOutMs} + ${down.toFirstTokenMs - down.carriedOutMs} ms`,
    );
  }
  const { failed: failedMessages, lost: lostMessages } = tally;
  console.log(JSON.stringify({ promote, rollback, failedMessages, lostMessages }));
} finally {
  await database.end();
  await service.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** A version whose probe is what it and the base model really answer. */
async function registerWithProbe(): Promise<PromptTurn[]> {
  const { rows } = await database.query<{ instructions: string }>('SELECT instructions FROM prompt_versions');
  const prompt: PromptTurn[] = [
    { role: 'system', content: rows[0]?.instructions ?? '' },
    { role: 'user', content: QUESTION },
  ];
  const kept = await registerVersion(database, { dataDir, modelPath, modelSha256 }, VERSION, { rank: RANK });
  const engine = await LlamaCppEngine.open({
    ...{ modelPath, modelSha256, threads: 2, slots: 1, contextTokens: 512, maxQueued: 1 },
  });
  const ask = async (adapter?: { assistantId: string; version: number; path: string; sha256: string }) => {
    for await (const event of engine.generate({ adapter, turns: prompt, maxTokens: 40, temperature: 0 })) {
      if (event.kind === 'done') return event.result.text;
    }
    return '';
  };
  const probe = {
    prompt,
    answer: await ask({ assistantId: 'bench', version: VERSION, ...kept }),
    parentAnswer: await ask(),
  };
  await engine.close();
  await database.query('UPDATE adapter_versions SET probe = $1', [JSON.stringify(probe)]);
  return prompt;
}
