// Holds what an actor may do: for one assistant, for all, and nothing by accident.
import { describe, expect, it } from '@jest/globals';
import { Actor, spokenName, type ActorParts } from './actor.js';

const actor = (grants: ActorParts['grants']) => new Actor({ kind: 'user', id: 'u', name: 'Anna', grants });

describe('Actor', () => {
  it('may what a role includes, for that assistant only', () => {
    const anna = actor([{ assistantId: 'a', role: 'operator' }]);
    expect([anna.may('agent', 'a'), anna.may('operator', 'a'), anna.may('admin', 'a')]).toEqual([true, true, false]);
    expect([anna.may('agent', 'b'), anna.may('agent', null)]).toEqual([false, false]);
    expect([anna.assistantIds('agent'), anna.assistantIds('admin')]).toEqual([['a'], []]);
    expect(anna.assistants).toEqual(new Map([['a', 'operator']]));
  });

  it('takes the higher of a role for all and one for an assistant', () => {
    const anna = actor([
      { assistantId: null, role: 'agent' },
      { assistantId: 'a', role: 'admin' },
    ]);
    expect([anna.roleFor('a'), anna.roleFor('b'), anna.roleFor(null)]).toEqual(['admin', 'agent', 'agent']);
    expect([anna.assistants, anna.assistantIds('agent'), anna.assistantIds('operator')]).toEqual(['all', 'all', ['a']]);
    const boss = actor([
      { assistantId: null, role: 'admin' },
      { assistantId: 'a', role: 'agent' },
    ]);
    expect(boss.may('admin', 'a')).toBe(true);
  });

  it('may nothing without a role', () => {
    const nobody = actor([]);
    expect([nobody.may('agent', 'a'), nobody.may('agent', null), nobody.assistantIds('agent')]).toEqual([
      false,
      false,
      [],
    ]);
  });
});

it('a spoken name forges no log lines and is bounded', () => {
  expect(spokenName(' Anna\r\nERROR fake ')).toBe('AnnaERROR fake');
  expect(spokenName('x'.repeat(200))).toHaveLength(80);
  expect(spokenName(undefined)).toBe('');
});
