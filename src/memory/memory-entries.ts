// What people may do with memory entries: look through them, switch one off and on, delete one. The table's trigger tells all nodes.
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../access/audit/record-audit.js';
import { MemoryEntry, type MemoryState } from '../database/entities/memory-entry.entity.js';
import { MemoryError } from './memory-error.js';

@Injectable()
export class MemoryEntries {
  constructor(private readonly database: DataSource) {}

  /** @throws MemoryError `memory.entry_unknown` for an unknown `before` */
  async page(
    assistantId: string,
    { state, before, limit }: { state?: MemoryState; before?: string; limit: number },
  ): Promise<MemoryEntry[]> {
    const query = this.database.manager.createQueryBuilder(MemoryEntry, 'entry').where({ assistantId });
    if (state) query.andWhere({ state });
    if (before) {
      const last = await this.require(before);
      query.andWhere('(entry.created_at, entry.id) < (:at, :id)', { at: last.createdAt, id: last.id });
    }
    return query.orderBy('entry.createdAt', 'DESC').addOrderBy('entry.id', 'DESC').take(limit).getMany();
  }

  async counts(assistantId: string): Promise<Record<MemoryState, number>> {
    const { manager } = this.database;
    const count = (state: MemoryState) => manager.countBy(MemoryEntry, { assistantId, state });
    return { active: await count('active'), retired: await count('retired') };
  }

  /** @throws MemoryError `memory.entry_unknown` */
  async setState(id: string, state: MemoryState): Promise<MemoryEntry> {
    await this.database.transaction(async (manager) => {
      const before = await locked(manager, id);
      // Brought back by a person, it is not asked of the same champion again.
      await manager.update(MemoryEntry, { id }, { state, retiredByVersion: null });
      await record(manager, 'memory.change', before, { state });
    });
    return this.require(id);
  }

  /** The correction stays: what it teaches is another matter. @throws MemoryError `memory.entry_unknown` */
  async remove(id: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const before = await locked(manager, id);
      await manager.delete(MemoryEntry, { id });
      await record(manager, 'memory.delete', before, null);
    });
  }

  private async require(id: string): Promise<MemoryEntry> {
    const entry = await this.database.manager.findOneBy(MemoryEntry, { id });
    if (!entry) throw unknown();
    return entry;
  }
}

async function locked(manager: EntityManager, id: string): Promise<MemoryEntry> {
  const entry = await manager.findOne(MemoryEntry, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!entry) throw unknown();
  return entry;
}

function record(
  manager: EntityManager,
  action: string,
  { id, assistantId, state }: MemoryEntry,
  after: { state: MemoryState } | null,
): Promise<void> {
  return recordAudit(manager, { action, assistantId, target: { kind: 'memory', id }, before: { state }, after });
}

const unknown = () => new MemoryError('memory.entry_unknown', 'There is no such memory entry.');
