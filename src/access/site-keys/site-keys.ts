// Site keys: looked up at every handshake and every write of a chat, changed by operators. Each change and its record are one
// transaction; a secret leaves this file once, when it is made, and to check an identity.
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Assistant } from '../../database/entities/assistant.entity.js';
import { SiteKeyChange, type SiteKeyAction } from '../../database/entities/site-key-change.entity.js';
import { SiteKey, type WidgetSettings } from '../../database/entities/site-key.entity.js';
import { RecentReads } from '../../database/recent-reads.js';
import { recordAudit } from '../audit/record-audit.js';
import { AccessError } from '../access-error.js';

const KEY_BYTES = 18;
const SECRET_BYTES = 32;
const SITE_KEYS_MAX = 100;
/** A change on another node is heeded after so long at the latest. */
const CACHE_MS = 5_000;
const CACHE_KEYS_MAX = 10_000;

/** What an operator says about a site key. */
export interface SiteKeyFields {
  name: string;
  origins: string[];
  widget?: Partial<WidgetSettings>;
}

/** Which site key, and who changes it. */
interface Place {
  assistantId: string;
  id: string;
  actor: string;
}

@Injectable()
export class SiteKeys {
  private readonly recent = new RecentReads<SiteKey | null>(CACHE_KEYS_MAX, CACHE_MS);

  constructor(private readonly database: DataSource) {}

  /** The site key that a widget sent, at most a few seconds old; undefined when there is none. */
  async find(key: string): Promise<SiteKey | undefined> {
    const siteKey = await this.recent.get(key, () => this.database.manager.findOneBy(SiteKey, { key }));
    return siteKey ?? undefined;
  }

  /** Oldest first. */
  list(assistantId: string): Promise<SiteKey[]> {
    return this.database.manager.find(SiteKey, { where: { assistantId }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /** Keys that any website may use, of all assistants. */
  async openToAll(): Promise<string[]> {
    const keys = await this.database.query<{ key: string }[]>(
      `SELECT key FROM site_keys WHERE origins = '{}' ORDER BY created_at, key`,
    );
    return keys.map(({ key }) => key);
  }

  /** Who changed what, newest first. */
  changes(assistantId: string, limit: number): Promise<SiteKeyChange[]> {
    return this.database.manager.find(SiteKeyChange, { where: { assistantId }, order: { id: 'DESC' }, take: limit });
  }

  /** @returns the key with its secret, for the only time. @throws AccessError `site.too_many_keys` */
  create({ assistantId, actor }: Omit<Place, 'id'>, fields: SiteKeyFields): Promise<SiteKey> {
    return this.changing(async (manager) => {
      // The lock makes two operators' last free places one.
      await manager.findOneOrFail(Assistant, { where: { id: assistantId }, lock: { mode: 'pessimistic_write' } });
      if ((await manager.countBy(SiteKey, { assistantId })) >= SITE_KEYS_MAX) {
        throw new AccessError('site.too_many_keys', `An assistant may have ${SITE_KEYS_MAX} site keys.`, 'conflict');
      }
      const key = `pk_${randomBytes(KEY_BYTES).toString('base64url')}`;
      const made = manager.create(SiteKey, {
        assistantId,
        key,
        ...fields,
        secret: newSecret(),
        secretMadeAt: new Date(),
      });
      const siteKey = await manager.save(made);
      await record(manager, { assistantId, actor, id: siteKey.id }, 'create', null, { key, ...fields });
      return siteKey;
    });
  }

  /** @throws AccessError `site.unknown_key` */
  change(place: Place, fields: Partial<SiteKeyFields>): Promise<SiteKey> {
    return this.changing(async (manager) => {
      const siteKey = await locked(manager, place);
      await record(manager, place, 'change', fieldsOf(siteKey), { ...fieldsOf(siteKey), ...fields });
      return manager.save(Object.assign(siteKey, fields));
    });
  }

  /**
   * Makes a new secret; the one before stays good for a while, so that the website can change over.
   * @returns the key with its new secret, for the only time. @throws AccessError `site.unknown_key`
   */
  rotate(place: Place, graceSeconds: number): Promise<SiteKey> {
    return this.changing(async (manager) => {
      const siteKey = await locked(manager, place);
      await record(manager, place, 'rotate', null, { graceSeconds });
      const secretMadeAt = new Date();
      const previousSecretUntil = new Date(secretMadeAt.getTime() + graceSeconds * 1000);
      const previousSecret = graceSeconds > 0 ? siteKey.secret : null;
      return manager.save(
        Object.assign(siteKey, { previousSecret, previousSecretUntil, secret: newSecret(), secretMadeAt }),
      );
    });
  }

  /** From then on the widget is refused, also where it is connected already. @throws AccessError `site.unknown_key` */
  delete(place: Place): Promise<void> {
    return this.changing(async (manager) => {
      const siteKey = await locked(manager, place);
      await record(manager, place, 'delete', fieldsOf(siteKey), null);
      await manager.remove(siteKey);
    });
  }

  private async changing<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work);
    } finally {
      this.recent.forget();
    }
  }
}

const newSecret = () => `sks_${randomBytes(SECRET_BYTES).toString('base64url')}`;
const fieldsOf = ({ key, name, origins, widget }: SiteKey) => ({ key, name, origins, widget });

async function locked(manager: EntityManager, { assistantId, id }: Place): Promise<SiteKey> {
  const siteKey = await manager.findOne(SiteKey, { where: { assistantId, id }, lock: { mode: 'pessimistic_write' } });
  if (!siteKey) throw new AccessError('site.unknown_key', `There is no site key ${id}.`, 'notFound');
  return siteKey;
}

async function record(
  manager: EntityManager,
  { assistantId, id: siteKeyId, actor }: Place,
  action: SiteKeyAction,
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): Promise<void> {
  await manager.save(manager.create(SiteKeyChange, { assistantId, siteKeyId, action, actor, before, after }));
  const target = { kind: 'site_key', id: siteKeyId };
  await recordAudit(manager, { actor, action: `site_key.${action}`, assistantId, target, before, after });
}
