// First part of a run: chooses its examples and freezes them.
import { Injectable } from '@nestjs/common';
import { AdapterVersions } from '../../adapters/adapter-versions.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Runtime } from '../../config/runtime.js';
import type { TrainingRun } from '../../database/entities/training-run.entity.js';
import { HELDOUT_ITEMS_MAX } from '../gate/thresholds.js';
import { deriveSeed } from '../../lora/random.js';
import { nothingNew } from '../learning-error.js';
import { ReplayBuffer } from '../replay/replay-buffer.js';
import { ExamplePool } from '../snapshot/example-pool.js';
import {
  answersIn,
  replayedFor,
  selectHeldOut,
  selectTraining,
  type Candidate,
  type Selection,
} from '../snapshot/select.js';
import { itemOf } from '../snapshot/item-of.js';
import { rehearsalItems } from '../snapshot/rehearsal.js';
import { writeSnapshot, type SnapshotItem } from '../snapshot/snapshot.js';
import { runFiles } from './run-files.js';
import { runSettingsSchema, type RunSettings } from './run-settings.js';
import { TrainingRuns } from './training-runs.js';

/** What is wrong with an answer is left open by a bare thumb down, so it pushes little. */
const BARE_THUMB_WEIGHT = 0.1;

@Injectable()
export class RunPreparation {
  constructor(
    private readonly runs: TrainingRuns,
    private readonly pool: ExamplePool,
    private readonly replay: ReplayBuffer,
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
    const nth = await this.pool.runsBefore(run);
    // A seed of this run's own, or every run would replay alike.
    const seed = deriveSeed(settings.seed, nth);
    const training = await this.choose(assistant.id, parentVersion, settings, seed);
    const heldOut = await this.pool.heldOut(assistant.id, parentVersion);
    const instructions = await this.assistants.promptVersion(assistant);
    const items = await this.runs.give(run.id, [
      ...trainingItems(training, settings),
      ...rehearsalItems(instructions, { nth, seed: settings.seed }),
      ...selectHeldOut(heldOut, { seed, limit: HELDOUT_ITEMS_MAX }).map(heldOutItem),
    ]);
    const { snapshot } = runFiles(this.runtime.dataDir, run.id);
    const snapshotSha256 = writeSnapshot(snapshot, { runId: run.id, seed: settings.seed, items });
    return this.runs.move(run.id, 'preparing', 'training', { snapshotSha256, parentVersion });
  }

  private async choose(
    assistantId: string,
    parentVersion: number,
    settings: RunSettings,
    seed: number,
  ): Promise<Selection> {
    await this.replay.follow(assistantId, parentVersion, seed);
    const fresh = await this.pool.fresh(assistantId, parentVersion);
    const taught = settings.thumbsDown ? fresh : fresh.filter(({ kind }) => kind !== 'binary');
    if (answersIn(taught) === 0) throw nothingNew();
    const replayAll = parentVersion > 0 && !(await this.continues(assistantId, parentVersion, settings));
    const earlier = replayAll
      ? await this.replay.all(assistantId)
      : await this.replay.sample(assistantId, replayedFor(taught), seed);
    return selectTraining([...taught, ...earlier], { seed, replayAll });
  }

  /** Whether training can go on from this version's matrices; the learner decides by the same two numbers. */
  private async continues(assistantId: string, version: number, { rank, alpha }: RunSettings): Promise<boolean> {
    const parent = await this.versions.get(assistantId, version);
    return parent.rank === rank && parent.alpha === alpha;
  }
}

function trainingItems({ fresh, replay }: Selection, settings: RunSettings): SnapshotItem[] {
  return [
    ...fresh.map((candidate) => taughtItem(candidate, 'new', settings)),
    ...replay.map((candidate) => taughtItem(candidate, 'earlier', settings)),
  ];
}

/** The snapshot says what is trained, so a pair is an SFT line where pairs are off. */
function taughtItem(candidate: Candidate, group: SnapshotItem['group'], settings: RunSettings): SnapshotItem {
  const { kind, rejected, desirable, weight } = candidate;
  const item = itemOf(candidate, 'train', group);
  if (kind === 'binary') return { ...item, kind, desirable, weight: weight * BARE_THUMB_WEIGHT };
  const isPair = settings.preference && kind === 'preference' && rejected?.trim();
  return isPair ? { ...item, kind, rejected } : item;
}

const heldOutItem = (candidate: Candidate) => itemOf(candidate, 'heldout', candidate.learnt ? 'earlier' : 'new');
