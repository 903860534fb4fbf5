// When an assistant's training starts by itself and what it may cost: what operators set, over what the environment says.
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recordAudit } from '../../access/audit/record-audit.js';
import { Runtime } from '../../config/runtime.js';
import type { Assistant } from '../../database/entities/assistant.entity.js';
import { LearningSetting } from '../../database/entities/learning-settings.entity.js';
import { budgetOf, settingsOf, type RunSettings, type RunWishes } from '../runs/run-settings.js';
import type {
  LearningDefaults,
  LearningInForce,
  LearningSettingsView,
  OwnLearningSettings,
} from './learning-settings.schema.js';
import { nextMoment, serviceTimeZone } from './schedule.js';

/** A moment that was missed because no worker ran is made up for only so long: a night's work doesn't belong into the day. */
const LATE_MS_MAX = 3_600_000;
const NOTHING: OwnLearningSettings = {
  ...{ schedule: null, minExamples: null, maxMinutes: null, maxTokens: null, niceness: null, monthMinutes: null },
};

@Injectable()
export class LearningSettings {
  constructor(
    private readonly database: DataSource,
    private readonly runtime: Runtime,
  ) {}

  async inForce(assistantId: string): Promise<LearningInForce> {
    return over(this.defaults(), ownOf(await this.find(assistantId)));
  }

  /** The settings of a run that is asked for now. @param wishes what was said when it was asked for */
  async forRun(assistantId: string, wishes?: RunWishes): Promise<RunSettings> {
    return settingsOf(this.runtime.environment, wishes, await this.inForce(assistantId));
  }

  /** @param newExamples what the champion has not learnt yet */
  async view(assistantId: string, newExamples: number): Promise<LearningSettingsView> {
    const row = await this.find(assistantId);
    const [own, defaults] = [ownOf(row), this.defaults()];
    const inForce = over(defaults, own);
    return {
      ...{ own, defaults, inForce, newExamples, timeZone: serviceTimeZone() },
      nextAt: nextMoment(inForce.schedule, new Date())?.toISOString() ?? null,
      minutesThisMonth: await this.minutesThisMonth(assistantId),
      updatedBy: row?.updatedBy ?? null,
      updatedAt: row?.updatedBy ? row.updatedAt.toISOString() : null,
    };
  }

  /** Replaces what was set. */
  change(assistantId: string, actor: string, own: OwnLearningSettings, reason: string): Promise<void> {
    return this.database.transaction(async (manager) => {
      await manager.query('INSERT INTO learning_settings (assistant_id) VALUES ($1) ON CONFLICT DO NOTHING', [
        assistantId,
      ]);
      const lock = { mode: 'pessimistic_write' } as const;
      const row = await manager.findOneOrFail(LearningSetting, { where: { assistantId }, lock });
      const before = ownOf(row);
      const now = new Date();
      // What a new schedule would have done earlier today is past.
      const seen = own.schedule === before.schedule ? {} : { scheduleSeenAt: now };
      await manager.update(LearningSetting, { assistantId }, { ...own, ...seen, updatedBy: actor, updatedAt: now });
      const target = { kind: 'learning_settings', id: assistantId };
      const action = 'learning_settings.change';
      await recordAudit(manager, { actor, action, assistantId, target, before, after: own, reason });
    });
  }

  /** The wishes of a run that starts by itself, within what the month's budget has left; undefined when that is used up. */
  async automaticWishes(assistantId: string): Promise<RunWishes | undefined> {
    const { monthMinutes, maxMinutes } = await this.inForce(assistantId);
    if (monthMinutes === null) return {};
    const left = monthMinutes - (await this.minutesThisMonth(assistantId));
    if (left <= 0) return undefined;
    return left < maxMinutes ? { maxMinutes: left } : {};
  }

  /** Whether the assistant's schedule has fired; each moment is told once, to one worker. */
  async isDue({ id: assistantId }: Pick<Assistant, 'id'>, now = new Date()): Promise<boolean> {
    const row = await this.find(assistantId);
    const { schedule } = over(this.defaults(), ownOf(row));
    const since = row?.scheduleSeenAt ?? (await this.firstSeen(assistantId, now));
    const moment = nextMoment(schedule, since);
    if (!moment || moment > now) return false;
    const moved = await this.database
      .createQueryBuilder()
      .update(LearningSetting)
      .set({ scheduleSeenAt: now })
      .where('assistant_id = :assistantId AND schedule_seen_at < :moment', { assistantId, moment })
      .execute();
    return (moved.affected ?? 0) > 0 && now.getTime() - moment.getTime() < LATE_MS_MAX;
  }

  private async firstSeen(assistantId: string, now: Date): Promise<Date> {
    const statement =
      'INSERT INTO learning_settings (assistant_id, schedule_seen_at) VALUES ($1, $2) ON CONFLICT DO NOTHING';
    await this.database.query(statement, [assistantId, now]);
    return now;
  }

  private find(assistantId: string): Promise<LearningSetting | null> {
    return this.database.manager.findOneBy(LearningSetting, { assistantId });
  }

  private defaults(): LearningDefaults {
    const { environment } = this.runtime;
    const { LEARN_CRON: schedule, LEARN_MIN_EXAMPLES: minExamples } = environment;
    return { schedule, minExamples, ...budgetOf(environment) };
  }

  private async minutesThisMonth(assistantId: string): Promise<number> {
    const [row] = await this.database.query<{ minutes: number }[]>(
      `SELECT coalesce(sum(worked_seconds), 0)::float / 60 AS minutes FROM training_runs
      WHERE assistant_id = $1 AND created_at >= date_trunc('month', now())`,
      [assistantId],
    );
    return row?.minutes ?? 0;
  }
}

function ownOf(row: LearningSetting | null): OwnLearningSettings {
  if (!row) return NOTHING;
  const { schedule, minExamples, maxMinutes, maxTokens, niceness, monthMinutes } = row;
  return { schedule, minExamples, maxMinutes, maxTokens, niceness, monthMinutes };
}

function over(defaults: LearningDefaults, own: OwnLearningSettings): LearningInForce {
  return {
    schedule: own.schedule ?? defaults.schedule,
    minExamples: own.minExamples ?? defaults.minExamples,
    maxMinutes: own.maxMinutes ?? defaults.maxMinutes,
    maxTokens: own.maxTokens ?? defaults.maxTokens,
    niceness: own.niceness ?? defaults.niceness,
    monthMinutes: own.monthMinutes,
  };
}
