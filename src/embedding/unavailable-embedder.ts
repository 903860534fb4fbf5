// Stands in where the embedding model can't be loaded or was left out: says why, and embeds nothing.
import { Embedder } from './embedder.js';
import { EmbeddingError } from './embedding-error.js';

export class UnavailableEmbedder extends Embedder {
  constructor(override readonly unavailable: string) {
    super();
  }

  override embed(): Promise<Float32Array[]> {
    return Promise.reject(new EmbeddingError('embedding.unavailable', this.unavailable));
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
