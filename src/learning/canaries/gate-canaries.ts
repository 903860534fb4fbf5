// Canaries that operators write: questions whose answers no training may change. Each change and its record are one transaction.
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../access/audit/record-audit.js';
import { Assistant } from '../../database/entities/assistant.entity.js';
import { GateCanary } from '../../database/entities/gate-canary.entity.js';
import { GateCanaryChange, type CanaryAction } from '../../database/entities/gate-canary-change.entity.js';
import { LearningError } from '../learning-error.js';
import type { CanaryFields } from './gate-canaries.schema.js';

/** Each is asked of two versions in every run. */
const CANARIES_MAX = 100;

/** Which canary, and who changes it. */
interface Place {
  assistantId: string;
  id: string;
  actor: string;
}

@Injectable()
export class GateCanaries {
  constructor(private readonly database: DataSource) {}

  /** Oldest first. */
  list(assistantId: string): Promise<GateCanary[]> {
    return this.database.manager.find(GateCanary, { where: { assistantId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /** Who changed what, newest first. */
  changes(assistantId: string, limit: number): Promise<GateCanaryChange[]> {
    return this.database.manager.find(GateCanaryChange, { where: { assistantId }, order: { id: 'DESC' }, take: limit });
  }

  /** @throws LearningError `learning.too_many_canaries` */
  create({ assistantId, actor }: Omit<Place, 'id'>, fields: CanaryFields): Promise<GateCanary> {
    return this.database.transaction(async (manager) => {
      // The lock makes two operators' last free places one.
      await manager.findOneOrFail(Assistant, { where: { id: assistantId }, lock: { mode: 'pessimistic_write' } });
      if ((await manager.countBy(GateCanary, { assistantId })) >= CANARIES_MAX) {
        const sentence = `There are ${CANARIES_MAX} canaries already; each is asked of two versions in every run.`;
        throw new LearningError('learning.too_many_canaries', sentence, 'conflict');
      }
      const canary = await manager.save(manager.create(GateCanary, { assistantId, ...fields }));
      await record(manager, { assistantId, actor, id: canary.id }, 'create', null, fields);
      return canary;
    });
  }

  /** @throws LearningError `learning.canary_not_found` */
  change(place: Place, fields: CanaryFields): Promise<GateCanary> {
    return this.database.transaction(async (manager) => {
      const canary = await locked(manager, place);
      await record(manager, place, 'change', fieldsOf(canary), fields);
      return manager.save(Object.assign(canary, fields));
    });
  }

  /** @throws LearningError `learning.canary_not_found` */
  delete(place: Place): Promise<void> {
    return this.database.transaction(async (manager) => {
      const canary = await locked(manager, place);
      await record(manager, place, 'delete', fieldsOf(canary), null);
      await manager.remove(canary);
    });
  }
}

async function locked(manager: EntityManager, { assistantId, id }: Place): Promise<GateCanary> {
  const canary = await manager.findOne(GateCanary, {
    where: { assistantId, id },
    lock: { mode: 'pessimistic_write' },
  });
  if (!canary) throw new LearningError('learning.canary_not_found', `There is no canary ${id}.`, 'notFound');
  return canary;
}

async function record(
  manager: EntityManager,
  { assistantId, id: canaryId, actor }: Place,
  action: CanaryAction,
  before: CanaryFields | null,
  after: CanaryFields | null,
): Promise<void> {
  await manager.save(manager.create(GateCanaryChange, { assistantId, canaryId, action, actor, before, after }));
  const target = { kind: 'gate_canary', id: canaryId };
  await recordAudit(manager, { actor, action: `gate_canary.${action}`, assistantId, target, before, after });
}

const fieldsOf = ({ question, mustContain, mustNotContain, mustEqual, note }: GateCanary): CanaryFields => ({
  ...{ question, mustContain, mustNotContain, mustEqual, note },
});
