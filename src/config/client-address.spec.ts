// Holds that nobody chooses their own address, and that customers behind our proxies each have theirs.
import { describe, expect, it } from '@jest/globals';
import { addressGroup, clientAddress, isLoopback, trustedProxies } from './client-address.js';

const none = trustedProxies([]);
const ours = trustedProxies(['loopback', '10.0.0.0/8', '2001:db8::1']);

describe('clientAddress', () => {
  it.each([
    ['a direct client', '203.0.113.9', undefined, '203.0.113.9'],
    ['a direct client who pretends', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['a client behind our proxy', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['a client behind two of ours', '::ffff:127.0.0.1', '203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['a client behind our proxy who pretends', '127.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['a proxy of ours that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['a proxy of ours that says nonsense', '10.0.0.1', '203.0.113.9, <script>', '10.0.0.1'],
    ['our own by all accounts', '10.0.0.1', '10.0.0.2', '10.0.0.2'],
    ['a client behind our IPv6 proxy', '2001:db8::1', '2001:db8:1::2', '2001:db8:1::2'],
  ])('of %s', (_, remote, forwarded, address) => expect(clientAddress(remote, forwarded, ours)).toBe(address));

  it('is the other end where no proxy is ours', () => {
    expect(clientAddress('127.0.0.1', '203.0.113.9', none)).toBe('127.0.0.1');
  });
});

describe('trustedProxies', () => {
  it.each(['nginx', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0', '::/129', ''])('refuses %s', (entry) => {
    expect(() => trustedProxies([entry])).toThrow('is no address');
  });
});

describe('addressGroup', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s', (address, group) => expect(addressGroup(address)).toBe(group));
});

it('knows this machine', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(isLoopback)).toEqual([true, true, true, true]);
  expect(isLoopback('10.0.0.1')).toBe(false);
});
