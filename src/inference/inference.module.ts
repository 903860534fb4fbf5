// Gives everybody the `Engine` that this process serves with, opened once at start and closed last.
import { Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Runtime } from '../config/runtime.js';
import { Engine } from './engine.js';
import { LlamaCppEngine } from './llama-cpp-engine.js';

function openEngine({ environment, modelPath, modelSha256 }: Runtime): Promise<LlamaCppEngine> {
  const logger = new Logger('Engine');
  return LlamaCppEngine.open({
    modelPath,
    modelSha256,
    threads: environment.ENGINE_THREADS,
    slots: environment.ENGINE_SLOTS,
    contextTokens: environment.CHAT_CONTEXT_TOKENS,
    maxQueued: environment.CHAT_MAX_QUEUED,
    warn: (message) => logger.warn(message),
  });
}

@Module({ providers: [{ provide: Engine, inject: [Runtime], useFactory: openEngine }], exports: [Engine] })
export class InferenceModule implements OnApplicationShutdown {
  constructor(private readonly engine: Engine) {}

  async onApplicationShutdown(): Promise<void> {
    await this.engine.close();
  }
}
