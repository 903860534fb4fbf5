// Last part of a run: both versions answer the held-out questions, the gate judges, and the version is registered.
import { Injectable } from '@nestjs/common';
import { AdapterVersions } from '../../adapters/adapter-versions.js';
import { Runtime } from '../../config/runtime.js';
import type { AdapterVersion } from '../../database/entities/adapter-version.entity.js';
import type { RunMode, TrainingRun } from '../../database/entities/training-run.entity.js';
import { blame } from '../gate/blame.js';
import { judge } from '../gate/judge.js';
import type { GateForm, GateReport } from '../gate/report.js';
import { ExamplePool } from '../snapshot/example-pool.js';
import { readSnapshot, type SnapshotItem } from '../snapshot/snapshot.js';
import { AutoPromotion } from './auto-promotion.js';
import { GateEvidence } from './gate-evidence.js';
import { runFiles } from './run-files.js';
import { runSettingsSchema } from './run-settings.js';
import { TrainingRuns } from './training-runs.js';

@Injectable()
export class RunEvaluation {
  constructor(
    private readonly runs: TrainingRuns,
    private readonly pool: ExamplePool,
    private readonly versions: AdapterVersions,
    private readonly evidence: GateEvidence,
    private readonly promotion: AutoPromotion,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Judges the trained adapter and moves the run to `candidate`, `rejected`, or, when it learnt nothing, `failed`.
   * @throws LearningError `learning.snapshot_damaged`, `learning.learner_failed`, `learning.learner_died`, `learning.cancelled`
   */
  async evaluate(run: TrainingRun, signal: AbortSignal): Promise<TrainingRun> {
    const { items } = readSnapshot(runFiles(this.runtime.dataDir, run.id).snapshot, run.snapshotSha256 ?? '');
    const before = await this.registeredBy(run);
    const report = (before?.gateReport as GateReport | null | undefined) ?? (await this.judge(run, items, signal));
    if (report.verdict === 'learnt_nothing') {
      const gateReport = reportJson(report);
      return this.runs.move(run.id, 'evaluating', 'failed', { gateReport, error: report.summary });
    }
    // A file that is broken or made for another base model isn't kept: no version could ever be served from it.
    if (!before && report.checks.some(({ name }) => name === 'file')) {
      return this.runs.move(run.id, 'evaluating', 'rejected', { gateReport: reportJson(report) });
    }
    const version = before ?? (await this.register(run, report));
    await this.pool.markLearnt(
      newOf(items).map(({ id }) => id),
      run.id,
    );
    // Or every run from now on would learn the same again, and be refused for it.
    const heldBack = report.verdict === 'refused' ? await this.pool.holdBack(blame(report.items, newOf(items))) : 0;
    const promotion = await this.promotion.consider(run, version, report);
    return this.runs.move(run.id, 'evaluating', report.verdict === 'refused' ? 'rejected' : 'candidate', {
      adapterVersion: version.version,
      gateReport: reportJson(report),
      result: { ...run.result, promotion, heldBack },
    });
  }

  /** The version this run made already, when it goes on after a crash. */
  private async registeredBy(run: TrainingRun): Promise<AdapterVersion | undefined> {
    return (await this.versions.list(run.assistantId)).find(({ runId }) => runId === run.id);
  }

  private async judge(run: TrainingRun, items: SnapshotItem[], signal: AbortSignal): Promise<GateReport> {
    return judge(await this.evidence.gather(run, items, FORM[run.mode], signal));
  }

  private register(run: TrainingRun, report: GateReport): Promise<AdapterVersion> {
    const { rank, alpha } = runSettingsSchema.parse(run.settings);
    return this.versions.register({
      assistantId: run.assistantId,
      parentVersion: run.parentVersion,
      runId: run.id,
      sourcePath: runFiles(this.runtime.dataDir, run.id).adapter,
      rank,
      alpha,
      baseSha256: this.runtime.modelSha256,
      probe: report.probe,
      gateReport: reportJson(report),
      status: report.verdict === 'refused' ? 'rejected' : 'candidate',
    });
  }
}

/** A micro-run teaches one correction: its own question is what the gate asks first. */
const FORM: Readonly<Record<RunMode, GateForm>> = { full: 'full', micro: 'quick' };

/** What is general isn't the assistant's own, and what was learnt earlier has its first run already. */
const newOf = (items: readonly SnapshotItem[]) => items.filter(({ group }) => group === 'new');

const reportJson = (report: GateReport) => ({ ...report }) as Record<string, unknown>;
