// This process says in the database that it lives and what answers on it: at start, after every change, and every few seconds. With
// it a rollback is confirmed by each node, and one that doesn't follow is named.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { exhaustMap, interval, merge, switchMap, type Subscription } from 'rxjs';
import { DataSource } from 'typeorm';
import { Runtime } from '../../config/runtime.js';
import { isLostConnection } from '../../database/database-error.js';
import { ServiceNode } from '../../database/entities/service-node.entity.js';
import { Engine } from '../../inference/engine.js';
import { ChampionRouter } from '../champion-router.js';
import { nodeHealth } from './node-health.js';
import { REPORT_EVERY_MS } from './node-state.js';

/** A process that ended without a word is forgotten after so long. */
const FORGET_AFTER_MINUTES = 10;

const ALIVE = `
  INSERT INTO nodes (id, name, roles, serving, health) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET health = excluded.health, seen_at = now()`;
// Apart from the heartbeat, and first: consoles are told of each row whose `serving` is written, and rollbacks wait for it.
const SERVING = 'UPDATE nodes SET serving = $2 WHERE id = $1 AND serving <> $2';
const FORGET = `DELETE FROM nodes WHERE seen_at < now() - make_interval(mins => ${FORGET_AFTER_MINUTES})`;

@Injectable()
export class NodeReports implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Nodes');
  readonly nodeId = randomUUID();
  private readonly name = `${hostname()}:${process.pid}`;
  private reporting: Subscription | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly router: ChampionRouter,
    private readonly engine: Engine,
    private readonly runtime: Runtime,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.report();
    const beat$ = interval(REPORT_EVERY_MS).pipe(exhaustMap(() => this.beat()));
    // Each change at once; of several in a row the last report has them all.
    const flipped$ = this.router.flipped$.pipe(switchMap(() => this.report()));
    this.reporting = merge(beat$, flipped$).subscribe();
  }

  async onApplicationShutdown(): Promise<void> {
    this.reporting?.unsubscribe();
    await this.database.manager.delete(ServiceNode, { id: this.nodeId }).catch(() => undefined);
  }

  private async beat(): Promise<void> {
    await this.report();
    await this.quietly(FORGET, []);
  }

  private async report(): Promise<void> {
    const { RETUNE_ROLES: roles } = this.runtime.environment;
    const serving = JSON.stringify(this.router.serving());
    await this.quietly(SERVING, [this.nodeId, serving]);
    const health = JSON.stringify(await nodeHealth(this.engine, this.runtime));
    await this.quietly(ALIVE, [this.nodeId, this.name, roles, serving, health]);
  }

  /** Never fails: what can't be said now is said at the next beat. */
  private async quietly(statement: string, values: unknown[]): Promise<void> {
    await this.database.query(statement, values).catch((error: unknown) => {
      if (!isLostConnection(error))
        this.logger.warn(`What answers here could not be said: ${(error as Error).message}`);
    });
  }
}
