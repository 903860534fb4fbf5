// Training runs: how they begin, what they do, and the REST to follow them.
import { Module } from '@nestjs/common';
import { AdaptersModule } from '../adapters/adapters.module.js';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { GateCanariesController } from './canaries/gate-canaries.controller.js';
import { GateCanaries } from './canaries/gate-canaries.js';
import { LearningWorker } from './learning.worker.js';
import { ReplayBuffer } from './replay/replay-buffer.js';
import { RunReportsController } from './run-reports.controller.js';
import { Answering } from './runs/answering.js';
import { AutoPromotion } from './runs/auto-promotion.js';
import { GateEvidence } from './runs/gate-evidence.js';
import { JudgedExamples } from './runs/judged-examples.js';
import { RunEvaluation } from './runs/evaluate-run.js';
import { MicroPreparation } from './runs/prepare-micro.js';
import { RunPreparation } from './runs/prepare-run.js';
import { RunExecutor } from './runs/run-executor.js';
import { RunQueue } from './runs/run-queue.js';
import { RunRequests } from './runs/run-requests.js';
import { RunTraining } from './runs/train-run.js';
import { TrainingRuns } from './runs/training-runs.js';
import { ExamplePool } from './snapshot/example-pool.js';
import { MicroPool } from './snapshot/micro-pool.js';
import { TaughtExamples } from './snapshot/taught-example.js';
import { TeachingController } from './teaching.controller.js';
import { LearningSettingsController } from './settings/learning-settings.controller.js';
import { LearningSettings } from './settings/learning-settings.js';
import { SnapshotErasure } from './snapshot/snapshot-erasure.js';
import { TrainingRunsController } from './training-runs.controller.js';

@Module({
  imports: [AdaptersModule, AssistantsModule, FeedbackModule],
  controllers: [
    ...[GateCanariesController, LearningSettingsController, RunReportsController],
    ...[TeachingController, TrainingRunsController],
  ],
  providers: [
    Answering,
    AutoPromotion,
    ExamplePool,
    GateCanaries,
    GateEvidence,
    JudgedExamples,
    LearningSettings,
    LearningWorker,
    MicroPool,
    MicroPreparation,
    ReplayBuffer,
    RunEvaluation,
    RunExecutor,
    RunPreparation,
    RunQueue,
    RunRequests,
    RunTraining,
    TaughtExamples,
    SnapshotErasure,
    TrainingRuns,
  ],
})
export class LearningModule {}
