// Asks a run's parent and its candidate the same questions, in the answering process.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AdapterVersions } from '../../adapters/adapter-versions.js';
import { Runtime } from '../../config/runtime.js';
import type { TrainingRun } from '../../database/entities/training-run.entity.js';
import { ANSWER_TOKENS_MAX } from '../gate/thresholds.js';
import { answerMessageSchema, type AnswerStart, type Ask } from '../processes/answer.messages.js';
import { runChild } from '../processes/child-process.js';
import { runFiles } from './run-files.js';
import { runSettingsSchema } from './run-settings.js';

/** What is asked of both versions. */
export type Question = Omit<Ask, 'version'>;

/** Question id → answer. */
export interface BothAnswers {
  parent: Map<string, string>;
  candidate: Map<string, string>;
}

@Injectable()
export class Answering {
  constructor(
    private readonly versions: AdapterVersions,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Both versions' greedy answers.
   * @throws LearningError `learning.learner_failed`, `learning.learner_died`, `learning.cancelled`
   */
  async askBoth(run: TrainingRun, asks: readonly Question[], signal: AbortSignal): Promise<BothAnswers> {
    if (asks.length === 0) return { parent: new Map(), candidate: new Map() };
    const { dataDir, modelPath, modelSha256, environment } = this.runtime;
    const files = runFiles(dataDir, run.id);
    const parent = await this.versions.fileOf(run.assistantId, run.parentVersion);
    const candidate = await candidateFile(run, files.adapter);
    const start: AnswerStart = {
      kind: 'start',
      ...{ modelPath, modelSha256, assistantId: run.assistantId },
      threads: runSettingsSchema.parse(run.settings).threads,
      contextTokens: environment.CHAT_CONTEXT_TOKENS,
      answerTokensMax: ANSWER_TOKENS_MAX,
      versions: parent ? [parent, candidate] : [candidate],
      asks: [run.parentVersion, candidate.version].flatMap((version) =>
        asks.map(({ id, prompt, maxTokens }) => ({ id, prompt, maxTokens, version })),
      ),
    };
    const { answers } = await runChild({
      name: 'The evaluation',
      module: new URL('../processes/answer.process.js', import.meta.url),
      messages: answerMessageSchema,
      start,
      logPath: files.answersLog,
      niceness: runSettingsSchema.parse(run.settings).niceness,
      signal,
    });
    const of = (wanted: number) =>
      new Map(answers.filter(({ version }) => version === wanted).map(({ id, text }) => [id, text]));
    return { parent: of(run.parentVersion), candidate: of(candidate.version) };
  }
}

/** Only the answering process sees this number: the version gets its own when it is registered. */
async function candidateFile({ parentVersion }: TrainingRun, path: string): Promise<AnswerStart['versions'][number]> {
  const hash = createHash('sha256').update(await readFile(path));
  return { version: parentVersion + 1, path, sha256: hash.digest('hex') };
}
