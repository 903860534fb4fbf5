// Holds which identities prove something: every way in which a token can be wrong, and that it ends when it says.
import { describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { verifyIdentity, type IdentityKey } from './identity.js';

const SECRET = 'sks_secret-of-the-shop';
const NOW = new Date('2026-01-01T12:00:00Z');
const now = NOW.getTime() / 1000;
const key: IdentityKey = { key: 'pk_shop', secret: SECRET, previousSecret: null, previousSecretUntil: null };
const claims = { sub: 'user-1', aud: 'pk_shop', iat: now, exp: now + 300 };
const sign = (payload: object, secret = SECRET, alg = 'HS256') =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
const check = async (payload: object, at = NOW) => verifyIdentity(await sign(payload), key, at);
const without = (claim: string) => Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim));

describe('verifyIdentity', () => {
  it('says who it is, and until when', async () => {
    expect(await check(claims)).toEqual({ customerId: 'pk_shop:user-1', expiresAt: now + 300 });
    expect(await check(without('iat'))).toMatchObject({ customerId: 'pk_shop:user-1' });
    expect(await check({ ...claims, aud: ['other', 'pk_shop'] })).toMatchObject({ customerId: 'pk_shop:user-1' });
  });

  it.each([
    ['another site key’s', { ...claims, aud: 'pk_other' }],
    ['no audience', without('aud')],
    ['no subject', without('sub')],
    ['an empty subject', { ...claims, sub: '' }],
    ['a subject of control characters', { ...claims, sub: 'a\u0000b' }],
    ['an over-long subject', { ...claims, sub: 'x'.repeat(91) }],
    ['no end', without('exp')],
    ['a life of an hour', { ...claims, exp: now + 3_600 }],
    ['the last minutes of a life of an hour', { ...claims, iat: now - 3_400, exp: now + 200 }],
    ['a long life without a beginning', { ...without('iat'), exp: now + 400 }],
    ['a beginning in the future', { ...claims, iat: now + 3_300, exp: now + 3_600 }],
    ['not good yet', { ...claims, nbf: now + 60 }],
  ])('refuses %s', async (_, payload) => {
    await expect(check(payload)).rejects.toMatchObject({ code: 'identity.invalid', kind: 'unauthenticated' });
  });

  it('tells an expired one from a wrong one, a few seconds’ difference of clocks aside', async () => {
    const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
    expect(await check(claims, at(303))).toMatchObject({ customerId: 'pk_shop:user-1' });
    await expect(check(claims, at(306))).rejects.toMatchObject({ code: 'identity.expired' });
  });

  it('refuses what anybody could have signed', async () => {
    const unsigned = new UnsecuredJWT({ ...claims }).encode();
    const [head, body] = (await sign(claims)).split('.');
    const tampered = `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: 'boss' })).toString('base64url')}.${(await sign(claims)).split('.')[2]}`;
    const tokens = [
      ...[unsigned, tampered, `${head}.${body}.`, 'nonsense', '', 'a.b.c'],
      ...[await sign(claims, 'another secret'), await sign(claims, SECRET.padEnd(64, '.'), 'HS512')],
    ];
    for (const token of tokens) {
      await expect(verifyIdentity(token, key, NOW)).rejects.toMatchObject({ code: 'identity.invalid' });
    }
  });

  it('takes the secret before a rotation only as long as it is good', async () => {
    const token = await sign(claims, 'old');
    const rotated = { ...key, previousSecret: 'old', previousSecretUntil: new Date(NOW.getTime() + 1) };
    expect(await verifyIdentity(token, rotated, NOW)).toMatchObject({ customerId: 'pk_shop:user-1' });
    const over = { ...rotated, previousSecretUntil: NOW };
    await expect(verifyIdentity(token, over, NOW)).rejects.toMatchObject({ code: 'identity.invalid' });
  });

  it('takes nothing without a secret', async () => {
    await expect(verifyIdentity(await sign(claims, 'x'), { ...key, secret: null }, NOW)).rejects.toMatchObject({
      code: 'identity.invalid',
    });
  });
});
