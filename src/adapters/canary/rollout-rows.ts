// What moves a rollout in the database: its row, its version's status, the audit and the word to other nodes, in one transaction.
// Whoever calls these holds the assistant's row, so that promotions and rollouts of all nodes stand in one line.
import { In, type EntityManager } from 'typeorm';
import { recordAudit } from '../../access/audit/record-audit.js';
import { AdapterVersion, type AdapterStatus } from '../../database/entities/adapter-version.entity.js';
import { Assistant } from '../../database/entities/assistant.entity.js';
import { Deployment, type DeploymentAction } from '../../database/entities/deployment.entity.js';
import { Rollout, type RolloutState } from '../../database/entities/rollout.entity.js';
import { tellOf } from '../champion-words.js';

/** States in which the canary answers somebody. */
export const LIVE: readonly RolloutState[] = ['running', 'waiting', 'paused'];

/** Who changes a rollout, and why; both are kept for ever. */
export interface Because {
  actor: string;
  reason: string;
  evidence?: Record<string, unknown> | null;
}

/** What a version is after its rollout ended so; a promotion sets its own. */
const STATUS_AFTER: Partial<Record<RolloutState, AdapterStatus>> = { aborted: 'candidate', rolled_back: 'rejected' };

/**
 * Waits for the assistant's row. It lets others refer to the assistant (new conversations), unlike a promotion's lock.
 * @param patient false gives up at once when somebody else holds it
 */
export function holdAssistant(manager: EntityManager, id: string, patient = true): Promise<Assistant | null> {
  const mode = 'for_no_key_update' as const;
  return manager.findOne(Assistant, { where: { id }, lock: patient ? { mode } : { mode, onLocked: 'skip_locked' } });
}

export function liveRollout(manager: EntityManager, assistantId: string): Promise<Rollout | null> {
  return manager.findOneBy(Rollout, { assistantId, state: In(LIVE) });
}

/** Begins a rollout that is new or was queued. */
export async function beginRollout(manager: EntityManager, rollout: Rollout, because: Because): Promise<Rollout> {
  const now = new Date();
  const { assistantId, version } = rollout;
  const begun = await manager.save(
    Object.assign(rollout, { state: 'running', startedAt: now, stepStartedAt: now, ...pick(because) }),
  );
  await manager.update(AdapterVersion, { assistantId, version }, { status: 'canary' });
  await record(manager, begun, 'canary_start', because);
  return begun;
}

/** Changes a live rollout without ending it. */
export async function changeRollout(
  manager: EntityManager,
  rollout: Rollout,
  change: Partial<Pick<Rollout, 'state' | 'step' | 'share' | 'stepStartedAt'>>,
  action: DeploymentAction,
  because: Because,
): Promise<void> {
  await manager.save(Object.assign(rollout, change, pick(because)));
  await record(manager, rollout, action, because);
}

/** Ends a rollout; from this commit on no node routes by it. */
export async function endRollout(
  manager: EntityManager,
  rollout: Rollout,
  state: 'promoted' | 'aborted' | 'rolled_back',
  because: Because,
): Promise<void> {
  const { assistantId, version, state: before } = rollout;
  await manager.save(Object.assign(rollout, { state, endedAt: new Date(), ...pick(because) }));
  const status = STATUS_AFTER[state];
  if (status && before !== 'queued') await manager.update(AdapterVersion, { assistantId, version }, { status });
  // The promotion writes its own row.
  if (state !== 'promoted') await record(manager, rollout, ENDS[state], because);
}
const ENDS = { aborted: 'canary_abort', rolled_back: 'canary_rollback' } as const;

/** The champion moves: the rollout was about the champion before, so it ends with that, well or not. */
export async function endByMove(
  manager: EntityManager,
  { assistantId, toVersion, actor, reason }: { assistantId: string; toVersion: number; actor: string; reason: string },
): Promise<void> {
  const rollout = await liveRollout(manager, assistantId);
  if (!rollout) return;
  if (rollout.version === toVersion) return endRollout(manager, rollout, 'promoted', { actor, reason });
  const why = `Version ${toVersion} became champion during the rollout: ${reason}`;
  await endRollout(manager, rollout, 'aborted', { actor, reason: why });
}

/** The audit row, and the word to all nodes. */
async function record(
  manager: EntityManager,
  { id, assistantId, version, fromVersion: champion, share, state, step }: Rollout,
  action: DeploymentAction,
  { actor, reason, evidence = null }: Because,
): Promise<void> {
  const back = action === 'canary_abort' || action === 'canary_rollback';
  const [fromVersion, toVersion] = back ? [version, champion] : [champion, version];
  const row = { assistantId, action, fromVersion, toVersion, actor, reason };
  await manager.save(manager.create(Deployment, { ...row, evidence: { rolloutId: id, share, ...evidence } }));
  await recordAudit(manager, {
    ...{
      actor,
      action: `rollout.${action.replace('canary_', '')}`,
      assistantId,
      target: { kind: 'rollout', id },
      reason,
    },
    after: { version, championVersion: champion, state, step, share },
  });
  await tellOf(manager, assistantId, champion);
}

const pick = ({ actor, reason, evidence }: Because) => ({ actor, reason, ...(evidence && { evidence }) });
