// Adapter versions, which of them answers, and the REST to change that.
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { Runtime } from '../config/runtime.js';
import { InferenceModule } from '../inference/inference.module.js';
import { AdapterVersions } from './adapter-versions.js';
import { AdaptersController } from './adapters.controller.js';
import { ArtifactStore, FolderArtifactStore } from './artifact-store.js';
import { ChampionFollower } from './champion-follower.js';
import { ChampionRouter } from './champion-router.js';
import { Deployments } from './deployments.js';

@Module({
  imports: [AssistantsModule, InferenceModule],
  controllers: [AdaptersController],
  providers: [
    AdapterVersions,
    ChampionFollower,
    ChampionRouter,
    Deployments,
    {
      provide: ArtifactStore,
      inject: [Runtime],
      useFactory: ({ dataDir }: Runtime) => new FolderArtifactStore(join(dataDir, 'artifacts')),
    },
  ],
  exports: [AdapterVersions, ArtifactStore, ChampionRouter, Deployments],
})
export class AdaptersModule {}
