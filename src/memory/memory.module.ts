// The memory of corrections: short-term, served at once, until a trained version knows them.
import { Module } from '@nestjs/common';
import { AdaptersModule } from '../adapters/adapters.module.js';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { MemoryController } from './memory.controller.js';
import { MemoryEntries } from './memory-entries.js';
import { MemoryFollower } from './memory-follower.js';
import { MemoryIndex } from './memory-index.js';
import { Memory } from './memory.js';
import { MemoryRetirement } from './retirement.js';
import { Scope } from './scope.js';
import { MemoryWriter } from './memory-writer.js';

@Module({
  imports: [AdaptersModule, AssistantsModule, FeedbackModule, InferenceModule],
  controllers: [MemoryController],
  providers: [Memory, MemoryEntries, MemoryFollower, MemoryIndex, MemoryRetirement, MemoryWriter, Scope],
  exports: [Memory, Scope],
})
export class MemoryModule {}
