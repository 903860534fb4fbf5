// Who served when, worked out from the append-only deployments: the champion without a gap, and over it each canary with its share. Pure.
import type { Deployment } from '../../database/entities/deployment.entity.js';

/** A stretch of time in which one version answered so. */
export interface Band {
  kind: 'champion' | 'canary';
  version: number;
  /** Null: from the beginning. */
  from: Date | null;
  /** Null: still. */
  to: Date | null;
  /** Of new conversations, 0 … 1. A paused canary has 0: it goes on with the conversations it has. */
  share: number;
  rolloutId: string | null;
}

export type Move = Pick<Deployment, 'action' | 'fromVersion' | 'toVersion' | 'evidence' | 'createdAt'>;

/** The bands of one assistant. @param moves all of its deployments, oldest first */
export function bandsOf(moves: readonly Move[]): Band[] {
  const bands: Band[] = [];
  let champion = opened({ kind: 'champion', version: 0, from: null });
  let canary: Band | undefined;
  const close = (band: Band | undefined, at: Date) => {
    if (band && band.from?.getTime() !== at.getTime()) bands.push({ ...band, to: at });
  };
  for (const move of moves) {
    const { action, toVersion: version, createdAt: at } = move;
    if (action === 'promote' || action === 'rollback') {
      close(champion, at);
      champion = opened({ kind: 'champion', version, from: at });
    }
    // A wait changes nothing; anything else ends the band, and may begin the next one.
    if (action === 'canary_wait') continue;
    close(canary, at);
    canary = shareAfter(move) === undefined ? undefined : canaryBand(move);
  }
  return [...bands, champion, ...(canary ? [canary] : [])].sort(byStart);
}

/** Who answered at a moment: the champion, and the canary with its share if there was one. */
export function servedAt(bands: readonly Band[], moment: Date): { champion: number; canary: Band | null } {
  const then = bands.filter(({ from, to }) => (!from || from <= moment) && (!to || to > moment));
  return {
    champion: then.find(({ kind }) => kind === 'champion')?.version ?? 0,
    canary: then.find(({ kind }) => kind === 'canary') ?? null,
  };
}

const opened = (band: Pick<Band, 'kind' | 'version' | 'from'>): Band => ({
  ...band,
  to: null,
  share: 1,
  rolloutId: null,
});

function canaryBand(move: Move): Band {
  const { toVersion: version, createdAt: from, evidence } = move;
  const rolloutId = typeof evidence?.rolloutId === 'string' ? evidence.rolloutId : null;
  return { ...opened({ kind: 'canary', version, from }), share: shareAfter(move) ?? 0, rolloutId };
}

/** The canary's share from this move on; undefined where there is no canary any more. */
function shareAfter({ action, evidence }: Move): number | undefined {
  if (action === 'canary_pause') return 0;
  if (action !== 'canary_start' && action !== 'canary_step' && action !== 'canary_resume') return undefined;
  return typeof evidence?.share === 'number' ? evidence.share : 0;
}

const byStart = (a: Band, b: Band) => (a.from?.getTime() ?? 0) - (b.from?.getTime() ?? 0);
