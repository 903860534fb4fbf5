// The live panel: asks the service what its assistant has learnt, in counts, and shows it.
import { byId, lines } from './elements.js';
import { ago, versionName } from './words.js';

/** What `GET /api/v1/demo/learning` answers; the OpenAPI document describes it. */
interface Learning {
  champion: number;
  versions: { version: number; status: string; createdAt: string }[];
  lastRun: {
    mode: string;
    status: string;
    progress: number | null;
    createdAt: string;
    finishedAt: string | null;
  } | null;
  memory: { active: number; retired: number };
  ratings: { up: number; down: number };
  examples: number;
}

const EVERY_MS = 4_000;

const VERSION_WORDS: Record<string, string> = {
  champion: 'answers now',
  canary: 'answers some conversations, on trial',
  candidate: 'waits for promotion',
  retired: 'answered before',
  rejected: 'refused by the gate',
};
const RUN_WORDS: Record<string, string> = {
  queued: 'Waiting for its turn',
  preparing: 'Freezing what it learns from',
  training: 'Training',
  evaluating: 'Being examined by the gate',
  candidate: 'Made a version',
  rejected: 'Refused by the gate',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

function show({ champion, versions, lastRun, memory, ratings, examples }: Learning): void {
  byId('version').textContent = versionName(champion);
  byId('memory').textContent = String(memory.active);
  byId('memory').title = `${memory.retired} more are known by heart by now; ${examples} examples in all`;
  byId('ratings').textContent = `${ratings.up} up, ${ratings.down} down`;
  const base = lines('li', versionName(0), champion === 0 ? 'answers now' : 'where it all began');
  const rows = versions.map(({ version, status, createdAt }) => {
    const row = lines('li', versionName(version), `${VERSION_WORDS[status] ?? status}, made ${ago(createdAt)}`);
    row.className = status;
    return row;
  });
  byId('versions').replaceChildren(...rows, base);
  showRun(lastRun);
}

function showRun(run: Learning['lastRun']): void {
  const bar = byId('progress') as HTMLProgressElement;
  bar.hidden = run?.status !== 'training';
  bar.value = run?.progress ?? 0;
  if (!run) return;
  const kind = run.mode === 'micro' ? 'One correction' : 'Everything new';
  const when = run.finishedAt ? `ended ${ago(run.finishedAt)}` : `since ${ago(run.createdAt)}`;
  byId('run').textContent =
    `${kind}. ${RUN_WORDS[run.status] ?? run.status}, ${when.replace(/^since (.*) ago$/, 'for $1')}.`;
}

/** Shows it now and again and again; returns how to look at once. */
export function watchLearning(): () => void {
  const look = async () => {
    if (document.hidden) return;
    try {
      const response = await fetch('/api/v1/demo/learning');
      if (!response.ok) throw new Error(response.statusText);
      show((await response.json()) as Learning);
      byId('live').textContent = 'Live';
    } catch {
      byId('live').textContent = 'Not connected';
    }
  };
  const again = () => void look();
  again();
  setInterval(again, EVERY_MS);
  document.addEventListener('visibilitychange', again);
  // The service looks at its tables every two seconds.
  return () => setTimeout(again, 2_200);
}
