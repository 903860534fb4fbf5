// All modules of the application, put together once.
import { DynamicModule, Module } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AccessModule } from './access/access.module.js';
import type { AccessTokens } from './access/tokens.js';
import { AdaptersModule } from './adapters/adapters.module.js';
import { AssistantsModule } from './assistants/assistants.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Runtime } from './config/runtime.js';
import { ConversationsModule } from './conversations/conversations.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EmbeddingModule } from './embedding/embedding.module.js';
import { FeedbackModule } from './feedback/feedback.module.js';
import { InferenceModule } from './inference/inference.module.js';
import { LearningModule } from './learning/learning.module.js';
import { MemoryModule } from './memory/memory.module.js';
import { OperationsModule } from './operations/operations.module.js';

/** What the start makes before Nest. */
export interface ApplicationParts {
  runtime: Runtime;
  /** Closed with the application. */
  dataSource: DataSource;
  tokens: AccessTokens;
}

@Module({})
export class AppModule {
  static forRoot({ runtime, dataSource, tokens }: ApplicationParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ...[ConfigModule.forRoot(runtime), DatabaseModule.forRoot(dataSource), AccessModule.forRoot(tokens)],
        EmbeddingModule,
        ...[AssistantsModule, InferenceModule, AdaptersModule, FeedbackModule, MemoryModule],
        ...(runtime.environment.RETUNE_ROLES.includes('web') ? [ConversationsModule] : []),
        ...[LearningModule, OperationsModule],
      ],
    };
  }
}
