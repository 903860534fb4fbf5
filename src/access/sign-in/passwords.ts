// Passwords: how they are kept (Argon2id), what a good one is, and the one-time ones that an administrator hands over.
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Lines } from '../../config/lines.js';
import { AccessError } from '../access-error.js';

/** OWASP's Password Storage Cheat Sheet for Argon2id: 19 MiB, two passes, one lane. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** At once; each takes 19 MiB and a thread for some 30 ms. */
const LANES = 2;
const WAITING_MAX = 32;
const BUSY_RETRY_MS = 1_000;

export const PASSWORD_CHARS_MIN = 12;
export const PASSWORD_CHARS_MAX = 256;
const DIFFERENT_CHARS_MIN = 5;
const ONE_TIME_BYTES = 12;

@Injectable()
export class Passwords {
  private readonly lanes = new Lines();
  private turn = 0;
  private nobodys: Promise<string> | undefined;

  /** In PHC form. @throws AccessError `access.busy` */
  hash(password: string): Promise<string> {
    return this.inLane(() => hash(password, ARGON2ID));
  }

  /**
   * Whether a password is the one of this hash. Where there is no hash (nobody has this e-mail) it takes as long, so that time tells
   * nothing.
   * @throws AccessError `access.busy`
   */
  async isRight(kept: string | null | undefined, password: string): Promise<boolean> {
    const against = kept ?? (await (this.nobodys ??= this.hash(randomBytes(16).toString('hex'))));
    const isSame = await this.inLane(() => verify(against, password));
    return isSame && typeof kept === 'string';
  }

  private inLane<T>(work: () => Promise<T>): Promise<T> {
    const lane = String(this.turn++ % LANES);
    if (this.lanes.lengthOf(lane) * LANES >= WAITING_MAX) {
      const sentence = 'Too many people sign in at this moment. Please try again in a second.';
      throw new AccessError('access.busy', sentence, 'limited', { retryAfterMs: BUSY_RETRY_MS });
    }
    return this.lanes.run(lane, work);
  }
}

/** Refuses a password that is easily guessed. @throws AccessError `access.weak_password`, with what to do */
export function assertGoodPassword(password: string, { email, name }: { email: string; name: string }): void {
  const plain = password.trim().toLowerCase();
  const own = [email, email.split('@')[0] ?? email, name].map((text) => text.toLowerCase());
  const reason =
    password.length < PASSWORD_CHARS_MIN
      ? `It must have at least ${PASSWORD_CHARS_MIN} characters.`
      : own.some((text) => plain === text || plain === `${text}${text}`)
        ? 'It must not be your e-mail address or name.'
        : new Set(plain).size < DIFFERENT_CHARS_MIN
          ? `It must have at least ${DIFFERENT_CHARS_MIN} different characters.`
          : undefined;
  if (reason) throw new AccessError('access.weak_password', `Choose another password. ${reason}`, 'invalid');
}

/** A password for handing over: to be changed at the first sign-in. 96 bits, without characters that look alike. */
export function oneTimePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'.padEnd(32, '-');
  const text = [...randomBytes(ONE_TIME_BYTES * 2)].map((byte) => letters[byte % 31]).join('');
  return text.match(/.{6}/g)?.join('-') ?? text;
}
