// Examples, runs and versions put into the database by hand, for tests of what becomes of them.
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { AdapterVersion } from '../../src/database/entities/adapter-version.entity.js';
import { Assistant } from '../../src/database/entities/assistant.entity.js';
import { Conversation } from '../../src/database/entities/conversation.entity.js';
import { Correction } from '../../src/database/entities/correction.entity.js';
import { Example } from '../../src/database/entities/example.entity.js';
import { Message } from '../../src/database/entities/message.entity.js';
import { TrainingRun } from '../../src/database/entities/training-run.entity.js';

/** A new assistant's id. */
export async function addAssistant(database: DataSource): Promise<string> {
  const name = `a-${randomUUID().slice(0, 8)}`;
  return (await database.manager.save(Assistant, { slug: name, name, greeting: 'Hi.' })).id;
}

/** A finished run's id. */
export async function addRun(database: DataSource, assistantId: string, result: object = {}): Promise<string> {
  const run = { assistantId, status: 'candidate' as const, trigger: 'request' as const, result: { ...result } };
  return (await database.manager.save(TrainingRun, run)).id;
}

/** A version that the run made. */
export async function addVersion(
  database: DataSource,
  version: { assistantId: string; version: number; parentVersion: number; runId: string | null },
): Promise<void> {
  const file = { sha256: String(version.version), sizeBytes: 1, baseSha256: 'b', rank: 8, alpha: 16 };
  const row = { ...version, ...file, status: 'retired' as const, probe: null, gateReport: null };
  await database.manager.save(AdapterVersion, row);
}

/** A corrected answer's example; its id. */
export async function addExample(
  database: DataSource,
  assistantId: string,
  question: string,
  changes: Partial<Example> = {},
): Promise<string> {
  const conversation = await database.manager.save(Conversation, { assistantId, tokenHash: randomUUID() });
  const messageId = randomUUID();
  const message = { id: messageId, conversationId: conversation.id, seq: 1, text: 'No.' };
  await database.manager.insert(Message, { ...message, role: 'assistant', status: 'complete' });
  const correction = await database.manager.save(Correction, { messageId, agentId: 'Ada', text: 'Yes.' });
  const { id } = await database.manager.save(Example, {
    assistantId,
    kind: 'sft',
    slice: 'untagged',
    split: 'train',
    prompt: [{ role: 'user', content: question }],
    completion: 'Yes.',
    contentHash: randomUUID(),
    sourceMessageId: messageId,
    sourceCorrectionId: correction.id,
    ...changes,
  });
  return id;
}
