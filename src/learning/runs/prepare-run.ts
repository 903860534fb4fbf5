// First part of a run: chooses its examples and freezes them.
import { Injectable } from '@nestjs/common';
import { AdapterVersions } from '../../adapters/adapter-versions.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Runtime } from '../../config/runtime.js';
import type { TrainingRun } from '../../database/entities/training-run.entity.js';
import { HELDOUT_ITEMS_MAX } from '../gate/thresholds.js';
import { nothingNew } from '../learning-error.js';
import { ExamplePool } from '../snapshot/example-pool.js';
import { selectHeldOut, selectTraining, type Candidate, type Selection } from '../snapshot/select.js';
import { rehearsalItems } from '../snapshot/rehearsal.js';
import { writeSnapshot, type SnapshotItem } from '../snapshot/snapshot.js';
import { runFiles } from './run-files.js';
import { runSettingsSchema, type RunSettings } from './run-settings.js';
import { TrainingRuns } from './training-runs.js';

@Injectable()
export class RunPreparation {
  constructor(
    private readonly runs: TrainingRuns,
    private readonly pool: ExamplePool,
    private readonly assistants: AssistantsService,
    private readonly versions: AdapterVersions,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Writes the snapshot and moves the run to `training`.
   * @throws LearningError `learning.nothing_new`, `learning.snapshot_not_written`
   */
  async prepare(run: TrainingRun): Promise<TrainingRun> {
    const settings = runSettingsSchema.parse(run.settings);
    const assistant = await this.assistants.byId(run.assistantId);
    const parentVersion = assistant.championVersion;
    const candidates = await this.pool.candidates(assistant.id, parentVersion);
    const replayAll = parentVersion > 0 && !(await this.continues(assistant.id, parentVersion, settings));
    const training = selectTraining(candidates, { seed: settings.seed, replayAll });
    if (training.fresh.length === 0) throw nothingNew();
    const heldOut = selectHeldOut(candidates, { seed: settings.seed, limit: HELDOUT_ITEMS_MAX });
    const instructions = await this.assistants.promptVersion(assistant);
    const items = [
      ...trainingItems(training),
      ...rehearsalItems(instructions),
      ...heldOut.map((candidate) => itemOf(candidate, 'heldout', candidate.learnt ? 'earlier' : 'new')),
    ];
    const { snapshot } = runFiles(this.runtime.dataDir, run.id);
    const snapshotSha256 = writeSnapshot(snapshot, { runId: run.id, seed: settings.seed, items });
    return this.runs.move(run.id, 'preparing', 'training', { snapshotSha256, parentVersion });
  }

  /** Whether training can go on from this version's matrices; the learner decides by the same two numbers. */
  private async continues(assistantId: string, version: number, { rank, alpha }: RunSettings): Promise<boolean> {
    const parent = await this.versions.get(assistantId, version);
    return parent.rank === rank && parent.alpha === alpha;
  }
}

function trainingItems({ fresh, replay }: Selection): SnapshotItem[] {
  return [
    ...fresh.map((candidate) => itemOf(candidate, 'train', 'new')),
    ...replay.map((candidate) => itemOf(candidate, 'train', 'earlier')),
  ];
}

function itemOf(candidate: Candidate, split: SnapshotItem['split'], group: SnapshotItem['group']): SnapshotItem {
  const { id, slice, prompt, completion, weight } = candidate;
  const asSft = { kind: 'sft', rejected: null, desirable: null, distil: false } as const;
  return { id, split, group, slice, prompt, completion, weight, ...asSft };
}
