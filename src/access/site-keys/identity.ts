// Who a customer is, as the website's own server says: a JSON Web Token (RFC 7519) signed by HMAC-SHA-256 with the site key's secret.
// It lives five minutes at most, so that a stolen one is soon worth nothing; the website renews it.
import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { SiteKey } from '../../database/entities/site-key.entity.js';
import { AccessError } from '../access-error.js';

/** Longest life of an identity, from `iat` (or from now, where it has none) to `exp`. */
export const IDENTITY_SECONDS_MAX = 300;
/** Two machines' clocks may differ by so much. */
const CLOCK_SKEW_SECONDS = 5;
const SUB_CHARS_MAX = 90;

/** What a site key needs to have to check an identity. */
export type IdentityKey = Pick<SiteKey, 'key' | 'secret' | 'previousSecret' | 'previousSecretUntil'>;

/** A customer who has proved who they are. */
export interface Identity {
  /** `<site key>:<sub>`; a site key has no colon, so nobody else's id can look like it. */
  customerId: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

const claimsSchema = z.object({
  // No control characters and no half characters: it is stored and shown to agents.
  sub: z
    .string()
    .min(1)
    .max(SUB_CHARS_MAX)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u),
  exp: z.number(),
  iat: z.number().optional(),
});

/**
 * Checks an identity now: signature (by the present secret, or the one before it while that is good), `aud` (the site key), `exp`.
 * @throws AccessError `identity.expired`, `identity.invalid`
 */
export async function verifyIdentity(token: string, key: IdentityKey, now = new Date()): Promise<Identity> {
  const secrets = secretsOf(key, now);
  if (secrets.length === 0) throw invalid('This site key has no secret yet, so it takes no identities.');
  let refused: unknown;
  for (const secret of secrets) {
    try {
      const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
        algorithms: ['HS256'],
        audience: key.key,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_SKEW_SECONDS,
        currentDate: now,
      });
      return identityOf(payload, key, now);
    } catch (error) {
      refused = error;
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
    }
  }
  throw refusalOf(refused);
}

function secretsOf({ secret, previousSecret, previousSecretUntil }: IdentityKey, now: Date): string[] {
  const previous = previousSecretUntil && previousSecretUntil > now ? previousSecret : null;
  return [secret, previous].flatMap((each) => each ?? []);
}

function identityOf(payload: unknown, { key }: IdentityKey, now: Date): Identity {
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) throw invalid(`Its sub must have 1 to ${SUB_CHARS_MAX} printable characters.`);
  const { sub, exp, iat } = claims.data;
  const nowSeconds = now.getTime() / 1000;
  const longest = IDENTITY_SECONDS_MAX + CLOCK_SKEW_SECONDS;
  if (exp - nowSeconds > longest || (iat !== undefined && exp - iat > IDENTITY_SECONDS_MAX)) {
    throw invalid(`It may live ${IDENTITY_SECONDS_MAX} seconds at most, from iat to exp.`);
  }
  return { customerId: `${key}:${sub}`, expiresAt: exp };
}

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    return new AccessError('identity.expired', 'The identity has expired; send a new one.', 'unauthenticated');
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const claims = { aud: 'aud must be the site key', sub: 'sub is missing', exp: 'exp is missing' };
    return invalid(`${claims[error.claim as keyof typeof claims] ?? `${error.claim} is not right`}.`);
  }
  if (error instanceof errors.JOSEError)
    return invalid('It must be a JWT signed by HS256 with the secret of this site key.');
  return error;
}

function invalid(why: string): AccessError {
  return new AccessError('identity.invalid', `The identity is not valid. ${why}`, 'unauthenticated');
}
