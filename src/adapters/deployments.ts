// Promotion and rollback: the pointer, the statuses and the audit row move in one transaction, after the version was
// loaded and proved here, so that a version that can't answer never becomes champion. It ends a rollout, if there is one.
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../access/audit/record-audit.js';
import { AdapterVersion } from '../database/entities/adapter-version.entity.js';
import { Assistant } from '../database/entities/assistant.entity.js';
import { Deployment, type DeploymentAction } from '../database/entities/deployment.entity.js';
import { AdaptersError } from './adapters-error.js';
import { endByMove } from './canary/rollout-rows.js';
import { ChampionFollower } from './champion-follower.js';
import { tellOf } from './champion-words.js';
import { VersionLoader } from './version-loader.js';

/** Who moves the champion, and why; both are kept for ever. */
export interface Order {
  assistantId: string;
  actor: string;
  reason: string;
}

interface Move extends Order {
  action: DeploymentAction;
  toVersion: number;
  evidence: Record<string, unknown> | null;
  /** The champion that the order was given for; another one by now is a conflict. */
  fromVersion?: number;
}

@Injectable()
export class Deployments {
  constructor(
    private readonly database: DataSource,
    private readonly loader: VersionLoader,
    private readonly follower: ChampionFollower,
  ) {}

  /**
   * Makes a version the champion, on every node.
   * @throws AdaptersError `adapters.version_unknown`, `adapters.rejected`, `adapters.already_champion`, `adapters.probe_failed`, those of
   * `AdapterVersions.fileOf`; InferenceError `engine.adapter_refused`. After any of them the version before goes on answering.
   */
  promote(order: Order & { version: number; evidence?: Record<string, unknown> }): Promise<Deployment> {
    const { version: toVersion, evidence = null, ...rest } = order;
    return this.follower.inLine(order.assistantId, () =>
      this.move({ ...rest, action: 'promote', toVersion, evidence }),
    );
  }

  /**
   * Goes back to a version, or to the champion before this one; without one, to the base model.
   * @throws like `promote`; AdaptersError `adapters.changed_meanwhile` when another node moved the champion just now
   */
  rollback(order: Order & { toVersion?: number }): Promise<Deployment> {
    const { toVersion: named, ...rest } = order;
    return this.follower.inLine(order.assistantId, async () => {
      const { championVersion: fromVersion } = await this.database.manager.findOneByOrFail(Assistant, {
        id: order.assistantId,
      });
      const toVersion = named ?? (await this.championBefore(order.assistantId, fromVersion));
      return this.move({ ...rest, action: 'rollback', toVersion, fromVersion, evidence: null });
    });
  }

  /** The audit, newest first. */
  history(assistantId: string | undefined, limit: number): Promise<Deployment[]> {
    return this.database.manager.find(Deployment, { where: { assistantId }, order: { id: 'DESC' }, take: limit });
  }

  /** The version that this champion was promoted over; a rollback's own target counts as it did then. */
  async championBefore(assistantId: string, champion: number): Promise<number> {
    const promotion = await this.database.manager.findOne(Deployment, {
      where: { assistantId, action: 'promote', toVersion: champion },
      order: { id: 'DESC' },
    });
    return promotion?.fromVersion ?? 0;
  }

  private async move(move: Move): Promise<Deployment> {
    const file = await this.loader.ready(move.assistantId, move.toVersion);
    try {
      const deployment = await this.database.transaction((manager) => this.commit(manager, move));
      this.follower.flip(move.assistantId, file);
      return deployment;
    } catch (error) {
      this.loader.unload(file);
      throw error;
    }
  }

  private async commit(manager: EntityManager, move: Move): Promise<Deployment> {
    const { assistantId, toVersion, action, actor, reason, evidence } = move;
    const where = { id: assistantId };
    // The row lock lines up promotions on different nodes.
    const assistant = await manager.findOneOrFail(Assistant, { where, lock: { mode: 'pessimistic_write' } });
    const fromVersion = assistant.championVersion;
    if (fromVersion === toVersion) {
      throw new AdaptersError('adapters.already_champion', `Version ${toVersion} is the champion already.`);
    }
    if (move.fromVersion !== undefined && move.fromVersion !== fromVersion) {
      throw new AdaptersError('adapters.changed_meanwhile', `Version ${fromVersion} became the champion meanwhile.`);
    }
    // The old one first: there is never more than one champion.
    await manager.update(AdapterVersion, { assistantId, status: 'champion' }, { status: 'retired' });
    await manager.update(AdapterVersion, { assistantId, version: toVersion }, { status: 'champion' });
    await manager.update(Assistant, where, { championVersion: toVersion });
    const row = { assistantId, action, fromVersion, toVersion, actor, reason, evidence };
    const deployment = await manager.save(manager.create(Deployment, row));
    await recordAudit(manager, {
      ...{ actor, action: `version.${action}`, assistantId, target: { kind: 'version', id: toVersion }, reason },
      ...{ before: { championVersion: fromVersion }, after: { championVersion: toVersion } },
    });
    await endByMove(manager, move);
    await tellOf(manager, assistantId, toVersion);
    return deployment;
  }
}
