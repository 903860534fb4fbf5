// The Embedder port, and the encoder behind it: all-MiniLM-L6-v2 with int8 weights in ONNX Runtime. Sentences that mean the same
// get vectors that point the same way (Reimers & Gurevych 2019, Sentence-BERT): mean of the last layer's states, length 1.
import type { InferenceSession, TypedTensor } from 'onnxruntime-node';
import { EmbeddingError } from './embedding-error.js';
import { openWordPieces, type WordPieces } from './word-pieces.js';

/** Numbers in an embedding. */
export const EMBEDDING_LENGTH = 384;

/** Turns texts into vectors of `EMBEDDING_LENGTH` numbers and length 1; their dot product is their cosine. */
export abstract class Embedder {
  /** Why nothing can be embedded in this process, in words; undefined when it works. */
  abstract readonly unavailable: string | undefined;

  /**
   * One vector a text, in order. Only the first 256 word pieces of a text count. The same text always gets the same vector,
   * whatever is embedded beside it. Calls at once take turns text by text, so that a question never waits for a long list.
   * @throws EmbeddingError `embedding.unavailable`, `embedding.failed`
   */
  abstract embed(texts: readonly string[]): Promise<Float32Array[]>;

  /** Frees the model. Idempotent. */
  abstract close(): Promise<void>;
}

/** The cosine of two embeddings: their dot product, since both have length 1. Four sums, because one would wait for itself. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let [s, t, u, v] = [0, 0, 0, 0];
  for (let i = 0; i < EMBEDDING_LENGTH; i += 4) {
    s += a[i]! * b[i]!;
    t += a[i + 1]! * b[i + 1]!;
    u += a[i + 2]! * b[i + 2]!;
    v += a[i + 3]! * b[i + 3]!;
  }
  return s + t + u + v;
}

/**
 * Opens the encoder.
 * @param assetPaths from set-up (`EmbeddingModel`)
 * @param options.threads of one embedding; never more than the cores, and more than two gain nothing
 * @throws EmbeddingError `embedding.unavailable` when ONNX Runtime or the model can't be loaded here
 */
export async function openEmbedder(
  assetPaths: { modelPath: string; tokenizerPath: string },
  options: { threads: number },
): Promise<Embedder> {
  try {
    // Imported late: on a machine where its native part can't be loaded, everything else still works.
    const { InferenceSession, Tensor, env } = (await import('onnxruntime-node')).default;
    env.logLevel = 'error';
    const words = await openWordPieces(assetPaths.tokenizerPath);
    const session = await InferenceSession.create(assetPaths.modelPath, {
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      // Its threads would otherwise spin on cores that chats need.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    return new MiniLmEmbedder(session, words, (ids) => new Tensor('int64', ids, [1, ids.length]));
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new EmbeddingError('embedding.unavailable', `The embedding model can't be loaded here: ${reason}.`, {
      cause,
    });
  }
}

class MiniLmEmbedder extends Embedder {
  override readonly unavailable = undefined;
  private line: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly session: InferenceSession,
    private readonly words: WordPieces,
    private readonly tensorOf: (ids: BigInt64Array) => TypedTensor<'int64'>,
  ) {
    super();
  }

  override async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const embeddings: Float32Array[] = [];
    for (const text of texts) embeddings.push(await this.inLine(() => this.embedOne(text)));
    return embeddings;
  }

  override async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.line;
    await this.session.release();
  }

  private inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.line.then(work);
    this.line = turn.catch(() => undefined);
    return turn;
  }

  /** One text a pass: int8 activations are scaled by the largest of the whole batch, so what is beside a text would change its vector. */
  private async embedOne(text: string): Promise<Float32Array> {
    if (this.closed) throw new EmbeddingError('embedding.unavailable', 'The embedding model is closed.');
    const ids = this.words(text);
    try {
      const { last_hidden_state: states } = await this.session.run({
        input_ids: this.tensorOf(BigInt64Array.from(ids, BigInt)),
        attention_mask: this.tensorOf(new BigInt64Array(ids.length).fill(1n)),
        token_type_ids: this.tensorOf(new BigInt64Array(ids.length)),
      });
      return meanOfLengthOne(states?.data as Float32Array);
    } catch (cause) {
      throw new EmbeddingError('embedding.failed', 'A text could not be embedded.', { cause });
    }
  }
}

/** @param states (tokens × `EMBEDDING_LENGTH`), one token after the other */
function meanOfLengthOne(states: Float32Array): Float32Array {
  const sum = new Float32Array(EMBEDDING_LENGTH);
  for (let i = 0; i < states.length; i++) sum[i % EMBEDDING_LENGTH]! += states[i]!;
  const norm = Math.hypot(...sum);
  return sum.map((x) => x / norm);
}
