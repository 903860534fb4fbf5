// Writes one entry of the audit, in the transaction of the change that it tells of: neither is there without the other.
import type { EntityManager } from 'typeorm';
import { asker, correlationId, type Who } from '../../config/correlation.js';
import { AuditEntry } from '../../database/entities/audit-entry.entity.js';

/** What the service does by itself. */
export const RETUNE: Who = { kind: 'system', id: null, name: 'retune' };

/** One write. Nothing that a customer said belongs in it: an entry stays when a customer is erased. */
export interface AuditedWrite {
  /** Who; where only a name is at hand and it is the asker's of the request at hand, the rest comes from there. Default: the asker. */
  actor?: Who | string;
  /** `<thing>.<verb>`, e.g. `version.promote`. */
  action: string;
  /** Null where it is about no single assistant. */
  assistantId: string | null;
  /** What was changed, e.g. `{ kind: 'version', id: '3' }`. */
  target: { kind: string; id: string | number };
  /** What stood there; null where nothing did. */
  before?: object | null;
  after?: object | null;
  reason?: string | null;
}

/** Records a write. @param manager of the write's transaction */
export async function recordAudit(manager: EntityManager, write: AuditedWrite): Promise<void> {
  const { action, assistantId, target, before = null, after = null, reason = null } = write;
  const { kind, id, name } = whoOf(write.actor);
  await manager.insert(AuditEntry, {
    ...{ actorKind: kind, actorId: id, actor: name, action, assistantId },
    ...{ targetKind: target.kind, targetId: String(target.id), reason: reason || null },
    before: before as Record<string, never> | null,
    after: after as Record<string, never> | null,
    correlationId: correlationId() ?? null,
  });
}

function whoOf(actor: Who | string | undefined): Who {
  const asking = asker();
  if (actor === undefined) return asking ?? RETUNE;
  if (typeof actor !== 'string') return actor;
  return asking?.name === actor ? asking : { kind: 'system', id: null, name: actor };
}
