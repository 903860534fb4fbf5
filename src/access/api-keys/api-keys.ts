// Keys for machines: made and revoked by administrators. The key itself leaves this file once; what is stored can't be used as one.
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull } from 'typeorm';
import { ApiKey } from '../../database/entities/api-key.entity.js';
import { Assistant } from '../../database/entities/assistant.entity.js';
import { AccessError } from '../access-error.js';
import { recordAudit } from '../audit/record-audit.js';
import { API_KEY_START, hashOf } from '../sessions.js';
import { assistantIdsOf } from '../users/role-grants.js';
import type { Because } from '../users/users.js';
import type { ApiKeyView, NewApiKey } from './api-keys.schema.js';

const KEY_BYTES = 32;
const SHOWN_CHARS = 8;
const LISTED_MAX = 1_000;

@Injectable()
export class ApiKeys {
  constructor(private readonly database: DataSource) {}

  /** Newest first, also revoked ones. */
  async list(): Promise<ApiKeyView[]> {
    return this.views(await this.database.manager.find(ApiKey, { order: { createdAt: 'DESC' }, take: LISTED_MAX }));
  }

  /** @returns the key, for the only time. @throws AccessError `access.assistant_unknown` */
  async create(wanted: NewApiKey, { actor, reason }: Because): Promise<{ key: string; apiKey: ApiKeyView }> {
    const { name, role, assistants, readOnly, expiresAt } = wanted;
    const key = `${API_KEY_START}${randomBytes(KEY_BYTES).toString('base64url')}`;
    const made = await this.database.transaction(async (manager) => {
      const ids = assistants && [...(await assistantIdsOf(manager, assistants)).values()];
      const row = await manager.save(
        manager.create(ApiKey, {
          ...{ name, role, readOnly, hash: hashOf(key), start: key.slice(0, SHOWN_CHARS), createdBy: actor.name },
          ...{ assistantIds: ids, expiresAt: expiresAt === null ? null : new Date(expiresAt) },
        }),
      );
      const target = { kind: 'api_key', id: row.id };
      const after = { name, role, assistants, readOnly, expiresAt };
      await recordAudit(manager, { actor, action: 'api_key.create', assistantId: null, target, after, reason });
      return row;
    });
    const [apiKey] = await this.views([made]);
    if (!apiKey) throw new Error('A key that was made has no view.');
    return { key, apiKey };
  }

  /** Ends a key for good; a second time is nothing. @throws AccessError `access.key_unknown` */
  async revoke(id: string, { actor, reason }: Because): Promise<void> {
    await this.database.transaction(async (manager) => {
      const key = await manager.findOneBy(ApiKey, { id });
      if (!key) throw new AccessError('access.key_unknown', 'There is no such key.', 'notFound');
      const { affected } = await manager.update(ApiKey, { id, revokedAt: IsNull() }, { revokedAt: new Date() });
      if (!affected) return;
      const before = { name: key.name, role: key.role, readOnly: key.readOnly };
      const target = { kind: 'api_key', id };
      await recordAudit(manager, { actor, action: 'api_key.revoke', assistantId: null, target, before, reason });
    });
  }

  private async views(keys: readonly ApiKey[]): Promise<ApiKeyView[]> {
    const ids = [...new Set(keys.flatMap(({ assistantIds }) => assistantIds ?? []))];
    const assistants = ids.length > 0 ? await this.database.manager.findBy(Assistant, { id: In(ids) }) : [];
    const slugs = new Map(assistants.map(({ id, slug }) => [id, slug]));
    return keys.map((key) => toView(key, slugs));
  }
}

function toView(key: ApiKey, slugs: ReadonlyMap<string, string>): ApiKeyView {
  const { id, name, role, readOnly, start, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt, assistantIds } = key;
  return {
    ...{ id, name, role, readOnly, start, createdBy, createdAt: createdAt.toISOString() },
    assistants: assistantIds && assistantIds.flatMap((each) => slugs.get(each) ?? []),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
