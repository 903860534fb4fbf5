// Last part of a run: both versions answer the held-out questions, the gate judges, and the version is registered.
import { Injectable } from '@nestjs/common';
import { AdapterVersions } from '../../adapters/adapter-versions.js';
import { Runtime } from '../../config/runtime.js';
import type { AdapterVersion } from '../../database/entities/adapter-version.entity.js';
import type { RunMode, TrainingRun } from '../../database/entities/training-run.entity.js';
import { judge } from '../gate/judge.js';
import type { GateForm, GateReport, JudgedItem } from '../gate/report.js';
import { trainedSchema } from '../processes/learner.messages.js';
import { ExamplePool } from '../snapshot/example-pool.js';
import { readSnapshot, type SnapshotItem } from '../snapshot/snapshot.js';
import { Answering, type BothAnswers } from './answering.js';
import { AutoPromotion } from './auto-promotion.js';
import { runFiles } from './run-files.js';
import { runSettingsSchema } from './run-settings.js';
import { TrainingRuns } from './training-runs.js';

@Injectable()
export class RunEvaluation {
  constructor(
    private readonly runs: TrainingRuns,
    private readonly pool: ExamplePool,
    private readonly versions: AdapterVersions,
    private readonly answering: Answering,
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
    const version = before ?? (await this.register(run, report));
    await this.pool.markLearnt(exampleIds(items), run.id);
    const promotion = await this.promotion.consider(run, version, report);
    return this.runs.move(run.id, 'evaluating', report.verdict === 'refused' ? 'rejected' : 'candidate', {
      adapterVersion: version.version,
      gateReport: reportJson(report),
      result: { ...run.result, promotion },
    });
  }

  /** The version this run made already, when it goes on after a crash. */
  private async registeredBy(run: TrainingRun): Promise<AdapterVersion | undefined> {
    return (await this.versions.list(run.assistantId)).find(({ runId }) => runId === run.id);
  }

  private async judge(run: TrainingRun, items: SnapshotItem[], signal: AbortSignal): Promise<GateReport> {
    const heldOut = items.filter(({ split }) => split === 'heldout');
    const answers = heldOut.length > 0 ? await this.answering.askBoth(run, heldOut, signal) : NO_ANSWERS;
    const { general, firstLoss, lastLoss, adapterNorm } = trainedSchema.parse(run.result);
    const form = FORM[run.mode];
    return judge({ form, items: judgedItems(form, heldOut, answers), general, firstLoss, lastLoss, adapterNorm });
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

const NO_ANSWERS: BothAnswers = { parent: new Map(), candidate: new Map() };

/** A micro-run teaches one correction: its own question is what the gate asks first. */
const FORM: Readonly<Record<RunMode, GateForm>> = { full: 'full', micro: 'quick' };
const NEW_GROUP: Readonly<Record<GateForm, JudgedItem['group']>> = { full: 'target', quick: 'taught' };

function judgedItems(
  form: GateForm,
  heldOut: readonly SnapshotItem[],
  { parent, candidate }: BothAnswers,
): JudgedItem[] {
  return heldOut.map(({ id, slice, group, prompt, completion }) => ({
    id,
    slice,
    group: group === 'earlier' ? 'earlier' : NEW_GROUP[form],
    prompt,
    expected: completion,
    parentAnswer: parent.get(id) ?? '',
    candidateAnswer: candidate.get(id) ?? '',
  }));
}

/** What is general isn't the assistant's own, and what was learnt earlier has its first run already. */
const exampleIds = (items: readonly SnapshotItem[]) => items.filter(({ group }) => group === 'new').map(({ id }) => id);

const reportJson = (report: GateReport) => ({ ...report }) as Record<string, unknown>;
