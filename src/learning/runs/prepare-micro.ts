// First part of a micro-run: the correction that is to be taught, what must not be forgotten meanwhile, and what the quick gate asks.
import { Injectable } from '@nestjs/common';
import { AdapterVersions } from '../../adapters/adapter-versions.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Runtime } from '../../config/runtime.js';
import type { TrainingRun } from '../../database/entities/training-run.entity.js';
import { LearningError } from '../learning-error.js';
import { MicroPool } from '../snapshot/micro-pool.js';
import { itemOf } from '../snapshot/item-of.js';
import { rehearsalItems } from '../snapshot/rehearsal.js';
import { selectMicro, type MicroSelection } from '../snapshot/select-micro.js';
import { writeSnapshot, type SnapshotItem } from '../snapshot/snapshot.js';
import { TaughtExamples } from '../snapshot/taught-example.js';
import { MICRO_NICENESS_MAX, MICRO_RATE, MICRO_REHEARSED, MICRO_UPDATES_MAX, TAUGHT_WEIGHT } from './micro.js';
import { runFiles } from './run-files.js';
import { runSettingsSchema, type RunSettings } from './run-settings.js';
import { TrainingRuns } from './training-runs.js';

@Injectable()
export class MicroPreparation {
  constructor(
    private readonly runs: TrainingRuns,
    private readonly pool: MicroPool,
    private readonly taught: TaughtExamples,
    private readonly assistants: AssistantsService,
    private readonly versions: AdapterVersions,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Writes the snapshot and moves the run to `training`.
   * @throws LearningError `learning.nothing_to_teach`, `learning.snapshot_not_written`
   */
  async prepare(run: TrainingRun): Promise<TrainingRun> {
    const assistant = await this.assistants.byId(run.assistantId);
    const parentVersion = assistant.championVersion;
    const settings = await this.settings(run, parentVersion);
    const selection = await this.select(run, parentVersion, settings.seed);
    const rehearsed = rehearsalItems(await this.assistants.promptVersion(assistant), { count: MICRO_REHEARSED });
    const { snapshot } = runFiles(this.runtime.dataDir, run.id);
    const items = await this.runs.give(run.id, [...microItems(selection), ...rehearsed]);
    const snapshotSha256 = writeSnapshot(snapshot, { runId: run.id, seed: settings.seed, items });
    return this.runs.move(run.id, 'preparing', 'training', { settings, snapshotSha256, parentVersion });
  }

  private async select(run: TrainingRun, champion: number, seed: number): Promise<MicroSelection> {
    const example = run.correctionId && (await this.taught.of(run.correctionId));
    if (example) {
      await this.taught.forTraining(example);
      const candidates = await this.pool.candidates({ ...example, split: 'train' }, champion, seed);
      const selection = selectMicro(candidates, example.id, seed);
      if (selection) return selection;
    }
    throw new LearningError('learning.nothing_to_teach', 'The correction is not there any more.', 'conflict');
  }

  /** Few updates can't learn everything again: a micro-run always goes on from its parent, whatever rank new runs have. */
  private async settings(run: TrainingRun, parentVersion: number): Promise<RunSettings> {
    const asked = runSettingsSchema.parse(run.settings);
    const parent = parentVersion > 0 ? await this.versions.get(run.assistantId, parentVersion) : asked;
    return {
      ...asked,
      epochs: MICRO_UPDATES_MAX,
      learningRate: MICRO_RATE,
      sweep: false,
      niceness: Math.min(asked.niceness, MICRO_NICENESS_MAX),
      rank: parent.rank,
      alpha: parent.alpha,
    };
  }
}

/** The taught question is asked by the gate too, as a question of its own. */
function microItems({ taught, replay, judged }: MicroSelection): SnapshotItem[] {
  return [
    ...taught.map((item) => ({ ...itemOf(item, 'train', 'new'), weight: TAUGHT_WEIGHT })),
    ...replay.map((item) => itemOf(item, 'train', 'earlier')),
    ...taught.slice(0, 1).map((item) => itemOf(item, 'heldout', 'new')),
    ...judged.map((item) => itemOf(item, 'heldout', 'earlier')),
  ];
}
