// The access token of somebody who signed in: a JWT that says which session it is part of. It lives ten minutes, and what its owner may do is
// looked up each time, so it proves who, never what.
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AccessError } from '../access-error.js';

export const ACCESS_TOKEN_SECONDS = 600;
const AUDIENCE = 'retune';
const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid() });

/** Whose token it is, and of which sign-in. */
export interface TokenSubject {
  userId: string;
  sessionId: string;
}

/** @returns the token and when it ends */
export async function signAccessToken(
  { userId, sessionId }: TokenSubject,
  secret: Buffer,
  now = new Date(),
): Promise<{ accessToken: string; expiresAt: Date }> {
  const seconds = Math.floor(now.getTime() / 1000);
  const expiresAt = new Date((seconds + ACCESS_TOKEN_SECONDS) * 1000);
  const accessToken = await new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setSubject(userId)
    .setAudience(AUDIENCE)
    .setIssuedAt(seconds)
    .setExpirationTime(expiresAt)
    .sign(secret);
  return { accessToken, expiresAt };
}

/** @throws AccessError `access.token_expired`, `access.token_unknown` */
export async function readAccessToken(token: string, secret: Buffer, now = new Date()): Promise<TokenSubject> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      ...{ algorithms: ['HS256'], audience: AUDIENCE, typ: 'at+jwt', currentDate: now },
      requiredClaims: ['sub', 'sid', 'exp'],
    });
    const { sub, sid } = claimsSchema.parse(payload);
    return { userId: sub, sessionId: sid };
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new AccessError('access.token_expired', 'This access token has expired; renew it.', 'unauthenticated');
    }
    throw new AccessError('access.token_unknown', 'This token is not known here.', 'unauthenticated');
  }
}
