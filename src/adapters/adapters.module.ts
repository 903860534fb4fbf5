// Adapter versions, which of them answers, and the REST to change that.
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { Runtime } from '../config/runtime.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { AdapterVersions } from './adapter-versions.js';
import { AdaptersController } from './adapters.controller.js';
import { ArtifactStore, FolderArtifactStore } from './artifact-store.js';
import { RolloutFollower } from './canary/rollout-follower.js';
import { RolloutWatch } from './canary/rollout-watch.js';
import { RolloutsController } from './canary/rollouts.controller.js';
import { Rollouts } from './canary/rollouts.js';
import { VersionRouter } from './canary/version-router.js';
import { ChampionFollower } from './champion-follower.js';
import { ChampionRouter } from './champion-router.js';
import { ComparisonsController } from './comparisons/comparisons.controller.js';
import { Comparisons } from './comparisons/comparisons.js';
import { VersionAnswers } from './comparisons/version-answers.js';
import { Deployments } from './deployments.js';
import { NodeReports } from './nodes/node-reports.js';
import { ServingController } from './nodes/serving.controller.js';
import { ServingNow } from './nodes/serving.js';
import { TimelineController } from './timeline/timeline.controller.js';
import { Timeline } from './timeline/timeline.js';
import { VersionComparisonController } from './version-comparison/version-comparison.controller.js';
import { VersionComparisons } from './version-comparison/version-comparisons.js';
import { AdapterDownloadsController } from './versions/adapter-downloads.controller.js';
import { AdapterDownloads } from './versions/adapter-downloads.js';
import { VersionDetailsReader } from './versions/version-details.js';
import { VersionsController } from './versions/versions.controller.js';
import { VersionLoader } from './version-loader.js';

@Module({
  imports: [AssistantsModule, FeedbackModule, InferenceModule],
  controllers: [
    AdapterDownloadsController,
    AdaptersController,
    ComparisonsController,
    RolloutsController,
    ServingController,
    TimelineController,
    VersionComparisonController,
    VersionsController,
  ],
  providers: [
    AdapterDownloads,
    AdapterVersions,
    ChampionFollower,
    ChampionRouter,
    Comparisons,
    Deployments,
    NodeReports,
    RolloutFollower,
    Rollouts,
    RolloutWatch,
    ServingNow,
    Timeline,
    VersionAnswers,
    VersionComparisons,
    VersionDetailsReader,
    VersionLoader,
    VersionRouter,
    {
      provide: ArtifactStore,
      inject: [Runtime],
      useFactory: ({ dataDir }: Runtime) => new FolderArtifactStore(join(dataDir, 'artifacts')),
    },
  ],
  exports: [AdapterVersions, ArtifactStore, ChampionRouter, Deployments, NodeReports, Rollouts, VersionRouter],
})
export class AdaptersModule {}
