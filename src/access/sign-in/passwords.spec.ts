// Holds how passwords are kept and judged.
import { describe, expect, it } from '@jest/globals';
import { assertGoodPassword, oneTimePassword, Passwords } from './passwords.js';

const ANNA = { email: 'anna.long@shop.example', name: 'Anna Langenscheidt' };

describe('Passwords', () => {
  it('keeps them as Argon2id with the parameters of OWASP, each with a salt of its own', async () => {
    const passwords = new Passwords();
    const [a, b] = await Promise.all([passwords.hash('a good password'), passwords.hash('a good password')]);
    expect(a).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(a).not.toBe(b);
    expect(await passwords.isRight(a, 'a good password')).toBe(true);
    expect(await passwords.isRight(a, 'a good passworD')).toBe(false);
  });

  it('works as hard for nobody as for somebody, and never says yes', async () => {
    const passwords = new Passwords();
    const kept = await passwords.hash('a good password');
    await passwords.isRight(null, 'warm up');
    const time = async (hash: string | null) => {
      const begin = performance.now();
      expect(await passwords.isRight(hash, 'a wrong password')).toBe(false);
      return performance.now() - begin;
    };
    // By turns, and the quickest of each: other work on the machine then counts for neither.
    let [somebody, nobody] = [Infinity, Infinity];
    for (let i = 0; i < 7; i++) {
      somebody = Math.min(somebody, await time(kept));
      nobody = Math.min(nobody, await time(null));
    }
    expect(nobody / somebody).toBeGreaterThan(0.4);
  });

  it('refuses when too many wait', async () => {
    const passwords = new Passwords();
    const all = Array.from({ length: 60 }, () => Promise.resolve().then(() => passwords.isRight(null, 'x')));
    const refused = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ reason: { code: 'access.busy', kind: 'limited' } });
  });
});

describe('assertGoodPassword', () => {
  it.each([
    'short',
    'anna.long@shop.example',
    'ANNA.LONG@shop.example',
    'anna langenscheidt',
    'abababababababab',
    'anna.longanna.long',
  ])('refuses %s', (password) => expect(() => assertGoodPassword(password, ANNA)).toThrow(/Choose another password/));

  it('takes words that don’t belong together, and any script', () => {
    for (const password of ['correct horse battery', 'пароль-для-ретюна', '鍵は大切に保管してください！！']) {
      expect(() => assertGoodPassword(password, ANNA)).not.toThrow();
    }
  });
});

it('a one-time password is long, readable, and another each time', () => {
  const made = new Set(Array.from({ length: 100 }, oneTimePassword));
  expect(made.size).toBe(100);
  for (const password of made) expect(password).toMatch(/^[a-z2-9]{6}(-[a-z2-9]{6}){3}$/);
});
