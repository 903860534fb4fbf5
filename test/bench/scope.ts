// `npm run bench:scope`: how well the distance to the nearest topic tells questions that an assistant was never taught about. Half of the
// intents are taught, ten questions each, and put into topics as intake does; asked are held-out questions of these, of the other half
// (near misses: the same business), and such as are out of scope. The last line is one JSON object.
import { openEmbedder } from '../../src/embedding/embedder.js';
import { after, nearest, sliceFor, type SliceCentre } from '../../src/feedback/slice-clusters.js';
import { KNOWN_COSINE_MIN } from '../../src/memory/thresholds.js';
import { readAssets } from '../../src/setup/assets.js';
import { loadCorpora, type Corpus } from './memory-thresholds/questions.js';

const TAUGHT_EACH = 10;
const ASKED_MAX = 1_500;
const SHOWN = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5];
/** Of taught questions at most this share may be called unknown. */
const FALSE_MAX = 0.03;

type Kind = 'taught' | 'near' | 'foreign';
interface Asked {
  kind: Kind;
  cosine: number;
}

const { embeddingModel } = readAssets() ?? {};
if (!embeddingModel) throw new Error('Run `npm run setup` first.');
const embedder = await openEmbedder(embeddingModel, { threads: 1 });

async function embed(text: string): Promise<Float32Array> {
  const [embedding] = await embedder.embed([text]);
  if (!embedding) throw new Error('no embedding');
  return embedding;
}

async function topicsOf({ train }: Corpus, taught: ReadonlySet<string | undefined>): Promise<SliceCentre[]> {
  const topics = new Map<string, SliceCentre>();
  for (const intent of taught) {
    for (const { text } of train.filter((each) => each.intent === intent).slice(0, TAUGHT_EACH)) {
      const embedding = await embed(text);
      const found = sliceFor([...topics.values()], embedding);
      const topic = found ?? { name: String(topics.size), sum: new Float32Array(embedding.length), items: 0 };
      topics.set(topic.name, after(topic, embedding));
    }
  }
  return [...topics.values()];
}

async function ask(corpus: Corpus): Promise<{ topics: number; asked: Asked[] }> {
  const intents = [...new Set(corpus.train.map(({ intent }) => intent))];
  const taught = new Set(intents.filter((_, i) => i % 2 === 0));
  const topics = await topicsOf(corpus, taught);
  const every = Math.max(1, Math.floor(corpus.test.length / ASKED_MAX));
  const asked: Asked[] = [];
  for (const [i, { text, intent }] of corpus.test.entries()) {
    if (intent !== undefined && i % every > 0) continue;
    const kind = intent === undefined ? 'foreign' : taught.has(intent) ? 'taught' : 'near';
    asked.push({ kind, cosine: nearest(topics, await embed(text))?.cosine ?? 0 });
  }
  return { topics: topics.length, asked };
}

/** Share of a kind that is further away than the threshold; null where nothing of that kind was asked. */
function unknown(asked: readonly Asked[], kind: Kind, threshold: number): number | null {
  const of = asked.filter((each) => each.kind === kind);
  return of.length === 0 ? null : of.filter(({ cosine }) => cosine < threshold).length / of.length;
}

const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`).padStart(8);
const results: ({ name: string } & Record<Kind, number | null>)[] = [];
for (const corpus of loadCorpora()) {
  const { topics, asked } = await ask(corpus);
  console.log(`\n${corpus.name}: ${topics} topics, ${asked.length} questions. Called unknown:`);
  console.log('cosine <   taught     near  foreign');
  for (const threshold of SHOWN) {
    const shares = (['taught', 'near', 'foreign'] as const).map((kind) => percent(unknown(asked, kind, threshold)));
    console.log(`${threshold.toFixed(2).padStart(8)} ${shares.join(' ')}`);
  }
  const share = (kind: Kind) => {
    const exact = unknown(asked, kind, KNOWN_COSINE_MIN);
    return exact === null ? null : Math.round(1_000 * exact) / 1_000;
  };
  results.push({ name: corpus.name, taught: share('taught'), near: share('near'), foreign: share('foreign') });
}
await embedder.close();
console.log(JSON.stringify({ threshold: KNOWN_COSINE_MIN, results }));
process.exitCode = results.every(({ taught }) => (taught ?? 0) <= FALSE_MAX) ? 0 : 1;
