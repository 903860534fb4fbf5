// Several versions side by side: what their gate reports say, how they did with customers, and what they answer when asked now.
import { Injectable } from '@nestjs/common';
import { DataSource, In, Not } from 'typeorm';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { buildTurns } from '../../assistants/prompt.js';
import { RetuneError } from '../../config/retune-error.js';
import { AdapterVersion } from '../../database/entities/adapter-version.entity.js';
import type { Assistant } from '../../database/entities/assistant.entity.js';
import type { PromptTurn } from '../../database/entities/example.entity.js';
import { AdapterVersions } from '../adapter-versions.js';
import { VersionAnswers } from '../comparisons/version-answers.js';
import { VersionDetailsReader, type VersionUsage } from '../versions/version-details.js';
import { comparedReportSchema, deltasOf, generalOf, itemsOf, regressionsFirst } from './compare-versions.js';
import type { ComparedItem, Delta, General, JudgedVersion } from './compare-versions.js';

/** Reports that are read of each version's children: of the newest. */
const CHILDREN_MAX = 20;

export interface ComparedVersion {
  version: number;
  /** Null for the base model. */
  row: AdapterVersion | null;
  general: General | null;
  heldOut: { items: number; right: number };
  usage: VersionUsage;
}

export interface VersionComparison {
  versions: ComparedVersion[];
  deltas: Delta[];
  items: ComparedItem[];
}

/** What a version answered when asked now, or why it couldn't. */
export interface TrialAnswer {
  version: number;
  text: string | null;
  ms: number;
  error: string | null;
}

@Injectable()
export class VersionComparisons {
  constructor(
    private readonly database: DataSource,
    private readonly versions: AdapterVersions,
    private readonly details: VersionDetailsReader,
    private readonly assistants: AssistantsService,
    private readonly answers: VersionAnswers,
  ) {}

  /** @param wanted 2 to 5 versions; the first is what the others are held against. @throws AdaptersError `adapters.version_unknown` */
  async of(assistantId: string, wanted: readonly number[]): Promise<VersionComparison> {
    const rows = await this.withChildren(assistantId, wanted);
    const judged = rows.map(({ version, parentVersion, gateReport }): JudgedVersion => {
      return { version, parentVersion, report: comparedReportSchema.parse(gateReport ?? {}) };
    });
    const items = itemsOf(judged, wanted);
    const byNumber = new Map(rows.map((row) => [row.version, row]));
    const versions = wanted.map(async (version): Promise<ComparedVersion> => {
      const row = version === 0 ? null : (byNumber.get(version) ?? (await this.versions.get(assistantId, version)));
      const answered = items.flatMap(({ answers }) => answers.get(version) ?? []);
      const heldOut = { items: answered.length, right: answered.filter(({ right }) => right).length };
      const usage = await this.details.usage(assistantId, version);
      return { version, row, heldOut, usage, general: generalOf(judged, version) };
    });
    return {
      versions: await Promise.all(versions),
      deltas: deltasOf(items, wanted),
      items: regressionsFirst(items, wanted),
    };
  }

  /** Asks each version the same question, greedily, without the memory and one after another: chats need the machine, too. */
  async ask(
    assistant: Assistant,
    { versions, question, actor }: { versions: readonly number[]; question: string; actor: string },
  ): Promise<{ promptVersion: number; answers: TrialAnswer[] }> {
    const prompt = await this.assistants.promptVersion(assistant);
    const turns = buildTurns(prompt, [], question);
    const answers: TrialAnswer[] = [];
    for (const version of versions) answers.push(await this.askOne(assistant.id, version, turns, actor));
    return { promptVersion: prompt.version, answers };
  }

  /** The wanted versions and the newest children of each, whose reports hold their parent's answers, too; newest first. */
  private async withChildren(assistantId: string, wanted: readonly number[]): Promise<AdapterVersion[]> {
    const { manager } = this.database;
    const own = manager.findBy(AdapterVersion, { assistantId, version: In(wanted) });
    const children = wanted.map((parentVersion) =>
      manager.find(AdapterVersion, {
        where: { assistantId, parentVersion, version: Not(In(wanted)) },
        order: { version: 'DESC' },
        take: CHILDREN_MAX,
      }),
    );
    const rows = (await Promise.all([own, ...children])).flat();
    return rows.sort((a, b) => b.version - a.version);
  }

  private async askOne(assistantId: string, version: number, turns: PromptTurn[], actor: string): Promise<TrialAnswer> {
    const beganMs = performance.now();
    const took = () => ({ version, ms: Math.round(performance.now() - beganMs) });
    try {
      const text = await this.answers.answer({ assistantId, version }, turns, actor);
      return { ...took(), text, error: null };
    } catch (error) {
      // One that is missing or damaged doesn't hide what the others say.
      if (error instanceof RetuneError) return { ...took(), text: null, error: error.message };
      throw error;
    }
  }
}
