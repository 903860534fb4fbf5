// Holds which roles groups at the identity provider give.
import { describe, expect, it } from '@jest/globals';
import { oidcRolesTextSchema } from '../../config/oidc-roles.js';
import { rolesOfClaim } from './oidc-users.js';

const table = (text: string) => oidcRolesTextSchema.parse(text);
const SLUGS = new Set(['demo', 'shop']);

describe('OIDC_ROLES', () => {
  it('is read', () => {
    expect(table('support=agent:demo, /it staff=admin,')).toEqual([
      { value: 'support', role: 'agent', assistant: 'demo' },
      { value: '/it staff', role: 'admin', assistant: null },
    ]);
    expect(table('')).toEqual([]);
  });

  it.each(['support', 'support=boss', 'support=agent:No Slug', '=agent', 'support=agent:'])('refuses %s', (text) =>
    expect(oidcRolesTextSchema.safeParse(text).success).toBe(false),
  );
});

describe('rolesOfClaim', () => {
  const roles = table('support=agent:demo,ops=operator:demo,ops=operator:gone,it=admin');

  it('gives the highest role for each assistant that there is', () => {
    expect(rolesOfClaim(['support', 'ops', 'chess'], roles, SLUGS)).toEqual([{ assistant: 'demo', role: 'operator' }]);
    expect(rolesOfClaim(['ops', 'support'], roles, SLUGS)).toEqual([{ assistant: 'demo', role: 'operator' }]);
    expect(rolesOfClaim('it', roles, SLUGS)).toEqual([{ assistant: null, role: 'admin' }]);
  });

  it('gives nothing for what is no group', () => {
    for (const claim of [undefined, null, '', [], {}, ['Support', 'suppor']]) {
      expect(rolesOfClaim(claim, roles, SLUGS)).toEqual([]);
    }
  });
});
