// Gives everybody the `Embedder` of this process. Where it can't be loaded the service starts all the same: what needs embeddings
// is off then, and says so.
import { availableParallelism } from 'node:os';
import { Global, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Runtime } from '../config/runtime.js';
import { Embedder, openEmbedder } from './embedder.js';
import { UnavailableEmbedder } from './unavailable-embedder.js';

/** A question of 15 word pieces takes 7 ms on one thread; a second one helps only long texts. */
const THREADS_MAX = 2;

/** Never throws: an `UnavailableEmbedder` says why. */
export async function provideEmbedder({ embeddingModel }: Pick<Runtime, 'embeddingModel'>): Promise<Embedder> {
  if (!embeddingModel) return new UnavailableEmbedder('Set-up left the embedding model out (MEMORY=false).');
  try {
    return await openEmbedder(embeddingModel, { threads: Math.min(THREADS_MAX, availableParallelism()) });
  } catch (error) {
    const reason = (error as Error).message;
    new Logger('Embedder').warn(`${reason} The memory of corrections is off.`);
    return new UnavailableEmbedder(reason);
  }
}

@Global()
@Module({ providers: [{ provide: Embedder, inject: [Runtime], useFactory: provideEmbedder }], exports: [Embedder] })
export class EmbeddingModule implements OnApplicationShutdown {
  constructor(private readonly embedder: Embedder) {}

  async onApplicationShutdown(): Promise<void> {
    await this.embedder.close();
  }
}
