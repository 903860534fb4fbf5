// Has two versions answer a question that a customer asked, for an agent to say which answer is better.
import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, Not } from 'typeorm';
import type { z } from 'zod';
import { recordAudit, RETUNE } from '../../access/audit/record-audit.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Runtime } from '../../config/runtime.js';
import { AdapterVersion } from '../../database/entities/adapter-version.entity.js';
import type { Assistant } from '../../database/entities/assistant.entity.js';
import { Comparison } from '../../database/entities/comparison.entity.js';
import { findAnswer, promptOf } from '../../feedback/rated-answer.js';
import { sameAnswer } from '../../inference/same-answer.js';
import { AdaptersError } from '../adapters-error.js';
import { toComparisonView, type blindComparisonSchema, type comparisonListSchema } from './comparisons.schema.js';
import { VersionAnswers } from './version-answers.js';

/** Questions that are asked in one request before it says that the versions answer alike. */
const QUESTIONS_MAX = 4;
const LISTED_MAX = 50;
const PAIRS_MAX = 20;

type Pair = [number, number];
type Blind = z.infer<typeof blindComparisonSchema>;

@Injectable()
export class Comparisons {
  constructor(
    private readonly database: DataSource,
    private readonly assistants: AssistantsService,
    private readonly answers: VersionAnswers,
    private readonly runtime: Runtime,
  ) {}

  /**
   * The agent's next comparison: one that waits for their vote, else a new one about the newest question that these versions have not
   * been compared by yet. Those that they answer alike are noted, and passed over.
   * @throws AdaptersError `adapters.nothing_to_compare`, those of `AdapterVersions.fileOf`; InferenceError
   */
  async next(assistant: Assistant, agent: string, wanted?: Pair): Promise<Blind> {
    const pair = wanted ?? (await this.newestPair(assistant));
    const waiting = await this.database.manager.findOneBy(Comparison, {
      ...{ assistantId: assistant.id, madeFor: agent, vote: IsNull() },
      ...{ aVersion: In(pair), bVersion: In(pair) },
    });
    if (waiting) return this.blind(waiting);
    for (const messageId of await this.questions(assistant.id, pair)) {
      const made = await this.compare(assistant.id, messageId, pair, agent);
      if (made) return made;
    }
    throw new AdaptersError(
      'adapters.nothing_to_compare',
      `Versions ${pair.join(' and ')} answer the newest questions alike, or there is none that they were not compared by.`,
    );
  }

  /** What was voted, and how often each version won. */
  async list(assistantId: string): Promise<z.infer<typeof comparisonListSchema>> {
    const pairs = await this.database.query<PairRow[]>(
      `SELECT least(a_version, b_version) AS one, greatest(a_version, b_version) AS other,
        count(*) FILTER (WHERE (vote = 'a' AND a_version < b_version) OR (vote = 'b' AND b_version < a_version))::int AS one_wins,
        count(*) FILTER (WHERE (vote = 'a' AND a_version > b_version) OR (vote = 'b' AND b_version > a_version))::int AS other_wins,
        count(*) FILTER (WHERE vote = 'both')::int AS both, count(*) FILTER (WHERE vote = 'neither')::int AS neither,
        count(*) FILTER (WHERE vote = 'same')::int AS same
      FROM comparisons WHERE assistant_id = $1 AND voted_at IS NOT NULL
      GROUP BY 1, 2 ORDER BY 2 DESC, 1 DESC LIMIT ${PAIRS_MAX}`,
      [assistantId],
    );
    const voted = await this.database.manager.find(Comparison, {
      where: { assistantId, vote: In(['a', 'b', 'both', 'neither']) },
      ...{ order: { votedAt: 'DESC' }, take: LISTED_MAX },
    });
    return {
      pairs: pairs.map(({ one, other, one_wins, other_wins, ...counts }) => ({
        ...{ versions: [one, other], wins: [one_wins, other_wins], ...counts },
      })),
      comparisons: voted.map(toComparisonView),
    };
  }

  /** The champion and the newest other version that was not refused; else the base model. */
  private async newestPair({ id: assistantId, championVersion }: Assistant): Promise<Pair> {
    const newest = await this.database.manager.findOne(AdapterVersion, {
      where: { assistantId, status: Not('rejected'), version: Not(championVersion) },
      order: { version: 'DESC' },
    });
    const other = newest?.version ?? 0;
    if (other !== championVersion) return [championVersion, other];
    throw new AdaptersError('adapters.nothing_to_compare', 'There is only one version so far, the base model.');
  }

  /** Answers whose questions may be asked, newest conversations first. */
  private async questions(assistantId: string, pair: Pair): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT m.id FROM conversations c JOIN messages m ON m.conversation_id = c.id
      WHERE c.assistant_id = $1 AND m.role = 'assistant' AND m.status = 'complete' AND m.reply_to_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM corrections k WHERE k.message_id = m.id)
        AND NOT EXISTS (SELECT 1 FROM comparisons x
          WHERE x.message_id = m.id AND least(x.a_version, x.b_version) = $2 AND greatest(x.a_version, x.b_version) = $3)
      ORDER BY c.created_at DESC, m.seq DESC LIMIT ${QUESTIONS_MAX}`,
      [assistantId, Math.min(...pair), Math.max(...pair)],
    );
    return rows.map(({ id }) => id);
  }

  /** Undefined where the versions answered alike, or the question can't be asked any more. */
  private async compare(assistantId: string, messageId: string, pair: Pair, agent: string): Promise<Blind | undefined> {
    const turns = await this.turns(messageId);
    if (!turns) return undefined;
    const [a = 0, b = 0] = randomInt(2) === 0 ? pair : pair.toReversed();
    const ask = (version: number) => this.answers.answer({ assistantId, version }, turns, agent);
    const [aText, bText] = await Promise.all([ask(a), ask(b)]);
    const isSame = sameAnswer(aText, bText);
    const same = isSame ? { vote: 'same' as const, votedBy: RETUNE.name, votedAt: new Date() } : {};
    const made = await this.database.transaction(async (manager) => {
      const row = { assistantId, messageId, aVersion: a, bVersion: b, aText, bText, madeFor: agent, ...same };
      const made = await manager.save(manager.create(Comparison, row));
      const after = { messageId, versions: [...pair].sort((one, other) => one - other), same: isSame };
      const target = { kind: 'comparison', id: made.id };
      await recordAudit(manager, { actor: agent, action: 'comparison.create', assistantId, target, after });
      return made;
    });
    return isSame ? undefined : { ...blindOf(made), question: turns.at(-1)?.content ?? '' };
  }

  private async blind(comparison: Comparison): Promise<Blind> {
    const turns = await this.turns(comparison.messageId);
    return { ...blindOf(comparison), question: turns?.at(-1)?.content ?? '' };
  }

  private async turns(messageId: string) {
    const { manager } = this.database;
    const answer = await findAnswer(manager, messageId);
    return (await promptOf(manager, answer, this.assistants, this.runtime.environment))?.turns;
  }
}

interface PairRow {
  one: number;
  other: number;
  one_wins: number;
  other_wins: number;
  both: number;
  neither: number;
  same: number;
}

const blindOf = ({ id, messageId, aText: a, bText: b }: Comparison) => ({ id, messageId, a, b });
