// Holds which access tokens prove something.
import { describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { ACCESS_TOKEN_SECONDS, readAccessToken, signAccessToken } from './access-tokens.js';

const SECRET = randomBytes(32);
const SUBJECT = { userId: randomUUID(), sessionId: randomUUID() };
const NOW = new Date('2026-01-01T12:00:00Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe('access tokens', () => {
  it('say whose they are for ten minutes', async () => {
    const { accessToken, expiresAt } = await signAccessToken(SUBJECT, SECRET, NOW);
    expect(expiresAt).toEqual(later(600));
    expect(await readAccessToken(accessToken, SECRET, later(ACCESS_TOKEN_SECONDS - 1))).toEqual(SUBJECT);
    await expect(readAccessToken(accessToken, SECRET, later(ACCESS_TOKEN_SECONDS + 1))).rejects.toMatchObject({
      ...{ code: 'access.token_expired', kind: 'unauthenticated' },
    });
  });

  it('prove nothing when anybody could have made them, or for another purpose', async () => {
    const claims = { sub: SUBJECT.userId, sid: SUBJECT.sessionId, aud: 'retune', exp: NOW.getTime() / 1000 + 60 };
    const signed = (payload: object, typ = 'at+jwt', secret: Uint8Array = SECRET, alg = 'HS256') =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg, typ }).sign(secret);
    const { sid: _, ...withoutSession } = claims;
    const tokens = [
      ...['', 'nonsense', 'a.b.c', new UnsecuredJWT({ ...claims }).encode()],
      ...[await signed(claims, 'at+jwt', randomBytes(32)), await signed(claims, 'JWT'), await signed(withoutSession)],
      ...[await signed({ ...claims, aud: 'other' }), await signed({ ...claims, sub: 'no uuid' })],
      await signed(claims, 'at+jwt', randomBytes(64), 'HS512'),
    ];
    for (const token of tokens) {
      await expect(readAccessToken(token, SECRET, NOW)).rejects.toMatchObject({ code: 'access.token_unknown' });
    }
  });
});
