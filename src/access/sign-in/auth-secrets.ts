// The secrets that tokens are signed with: made by whichever node starts first, then the same for all.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuthSecret } from '../../database/entities/auth-secret.entity.js';

const SECRET_BYTES = 32;
type SecretName = 'access_token' | 'refresh_token' | 'oidc_state';

@Injectable()
export class AuthSecrets {
  private readonly known = new Map<SecretName, Buffer>();

  constructor(private readonly database: DataSource) {}

  /** 32 bytes. */
  async get(name: SecretName): Promise<Buffer> {
    const known = this.known.get(name);
    if (known) return known;
    const made = { name, value: randomBytes(SECRET_BYTES).toString('base64url') };
    await this.database.manager.createQueryBuilder().insert().into(AuthSecret).values(made).orIgnore().execute();
    const { value } = await this.database.manager.findOneByOrFail(AuthSecret, { name });
    const secret = Buffer.from(value, 'base64url');
    this.known.set(name, secret);
    return secret;
  }
}

/** HMAC-SHA-256, base64url. */
export function sign(text: string, secret: Buffer): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

/** Whether a signature is right, in constant time. */
export function isSigned(text: string, signature: string, secret: Buffer): boolean {
  const expected = Buffer.from(sign(text, secret));
  const presented = Buffer.from(signature);
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}
