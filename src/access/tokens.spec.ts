// Tokens: made once, kept for this user only, told apart, refused when damaged.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTokens, roleOf } from './tokens.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retune-tokens-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('loadTokens', () => {
  it('makes two tokens at the first start, readable by this user only, and finds them at the next', async () => {
    const made = await loadTokens({}, folder);
    expect(made.agent).not.toBe(made.operator);
    expect(made.agent.length).toBeGreaterThan(32);
    expect((await stat(join(folder, 'tokens.json'))).mode & 0o777).toBe(0o600);
    expect(await loadTokens({}, folder)).toEqual(made);
  });

  it('gives nodes that start together the same tokens', async () => {
    const [a, b, c] = await Promise.all([1, 2, 3].map(() => loadTokens({}, join(folder, 'new'))));
    expect(b).toEqual(a);
    expect(c).toEqual(a);
  });

  it('prefers the environment, and makes no file when it has both', async () => {
    const both = { AGENT_TOKEN: 'a'.repeat(16), OPERATOR_TOKEN: 'o'.repeat(16) };
    expect(await loadTokens(both, folder)).toEqual({
      agent: 'a'.repeat(16),
      operator: 'o'.repeat(16),
      file: undefined,
    });
    await expect(stat(join(folder, 'tokens.json'))).rejects.toThrow('ENOENT');
    expect((await loadTokens({ AGENT_TOKEN: 'a'.repeat(16) }, folder)).agent).toBe('a'.repeat(16));
  });

  it('refuses a damaged file and equal tokens in a sentence', async () => {
    const same = { AGENT_TOKEN: 'x'.repeat(16), OPERATOR_TOKEN: 'x'.repeat(16) };
    await expect(loadTokens(same, folder)).rejects.toThrow('must differ');
    await writeFile(join(folder, 'tokens.json'), '{ "agent": ');
    await expect(loadTokens({}, folder)).rejects.toMatchObject({ code: 'access.tokens_unreadable' });
  });
});

describe('roleOf', () => {
  const tokens = { agent: 'agent-token', operator: 'operator-token', file: undefined };

  it('knows each token and nothing else', () => {
    expect(roleOf('agent-token', tokens)).toBe('agent');
    expect(roleOf('operator-token', tokens)).toBe('operator');
    for (const other of ['', 'agent-toke', 'agent-token ', 'Agent-token'])
      expect(roleOf(other, tokens)).toBeUndefined();
  });
});
