// What the environment may say, how a bad value is refused, and that the README's table says the same.
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { environmentTable, withEnvironmentTable } from './environment-table.js';
import { environmentSchema, parseEnvironment } from './environment.js';

describe('parseEnvironment', () => {
  it('has a default for everything, and takes an empty value as unset', () => {
    const environment = parseEnvironment({ PORT: '', DATABASE_URL: '' });
    expect(environment).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', RETUNE_ROLES: ['web', 'worker'] });
    expect(environment.DATABASE_URL).toBeUndefined();
    expect(environment.LEARN_SEED).toBe(0);
  });

  it('reads numbers, flags and lists', () => {
    const environment = parseEnvironment({
      PORT: '0',
      LEARN_AUTO_PROMOTE: '0',
      RETUNE_ROLES: 'worker',
      LEARN_RATE: '1e-3',
    });
    expect(environment).toMatchObject({
      PORT: 0,
      LEARN_AUTO_PROMOTE: false,
      RETUNE_ROLES: ['worker'],
      LEARN_RATE: 0.001,
    });
  });

  it.each([
    ['PORT', '99999'],
    ['PORT', 'http'],
    ['RETUNE_ROLES', 'web,cook'],
    ['DATABASE_URL', 'mysql://localhost/retune'],
    ['AGENT_TOKEN', 'short'],
    ['LEARN_CRON', 'every night'],
    ['LOG_FORMAT', 'xml'],
  ])('refuses %s=%s in a sentence that names it', (name, value) => {
    expect(() => parseEnvironment({ [name]: value })).toThrow(expect.objectContaining({ code: 'config.invalid' }));
    expect(() => parseEnvironment({ [name]: value })).toThrow(`${name}`);
  });

  it('names all bad values at once', () => {
    expect(() => parseEnvironment({ PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(/PORT.*LOG_LEVEL/);
  });

  it('takes cron expressions and `off`', () => {
    expect(parseEnvironment({ LEARN_CRON: 'off' }).LEARN_CRON).toBe('off');
    expect(parseEnvironment({ LEARN_CRON: '*/5 * * * *' }).LEARN_CRON).toBe('*/5 * * * *');
  });
});

describe('environmentTable', () => {
  it('has a row with a description for every variable', () => {
    const rows = environmentTable().split('\n').slice(2);
    expect(rows).toHaveLength(Object.keys(environmentSchema.shape).length);
    for (const row of rows) expect(row).toMatch(/^\| `[A-Z_]+` \| [^|]* \| \S.* \|$/);
    expect(environmentTable()).toContain('| `PORT` | `3000` |');
    expect(environmentTable()).toContain('| `ENGINE_THREADS` | the cores available |');
  });

  it('replaces what stands between the marks and nothing else', () => {
    const document = 'a\n<!-- config:start -->\nold\n<!-- config:end -->\nb\n';
    const written = withEnvironmentTable(document);
    expect(written).toBe(`a\n<!-- config:start -->\n${environmentTable()}\n<!-- config:end -->\nb\n`);
    expect(withEnvironmentTable(written)).toBe(written);
    expect(() => withEnvironmentTable('no marks')).toThrow('config:start');
  });

  it('is what README.md shows', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(withEnvironmentTable(readme)).toBe(readme);
  });
});
