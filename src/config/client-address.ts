// Where a client really is. Behind a proxy every connection comes from the proxy, which adds the client's address to `X-Forwarded-For`;
// anybody may send that header, so only what proxies of ours have added counts.
import { BlockList, isIP, isIPv6 } from 'node:net';
import { z } from 'zod';

/** Names for what is often trusted. */
const NAMED: Record<string, readonly string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};
const HOPS_MAX = 32;

/** Tells which addresses are proxies of ours. */
export type TrustedProxies = (address: string) => boolean;

/** What `TRUST_PROXY` says: a list, separated by commas; nothing is trusted where it is not set. */
export const trustedProxiesTextSchema = z
  .string()
  .default('')
  .transform((text, context) => {
    try {
      return trustedProxies(text.split(',').flatMap((entry) => entry.trim() || []));
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

/** @param list addresses, ranges (`10.0.0.0/8`), `loopback`, `private`. @throws Error that names what is none of these */
export function trustedProxies(list: readonly string[]): TrustedProxies {
  const ranges = new BlockList();
  for (const entry of list.flatMap((each) => NAMED[each] ?? [each])) addRange(ranges, entry);
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && ranges.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  };
}

function addRange(ranges: BlockList, entry: string): void {
  const [address = '', bits] = entry.split('/');
  const family = isIP(address);
  const longest = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? longest : Number(bits);
  if (family === 0 || !/^\d{0,3}$/.test(bits ?? '') || bits === '' || prefix > longest) {
    throw new Error(`${entry} is no address, no range, and none of ${Object.keys(NAMED).join(', ')}`);
  }
  ranges.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The nearest address that is no proxy of ours.
 * @param remote the other end of the connection
 * @param forwardedFor the `X-Forwarded-For` header: the client first, then each proxy's view of the one before
 */
export function clientAddress(remote: string, forwardedFor: string | undefined, isTrusted: TrustedProxies): string {
  let address = plainAddress(remote);
  const hops = (forwardedFor ?? '').split(',').slice(-HOPS_MAX);
  while (hops.length > 0 && isTrusted(address)) {
    const before = plainAddress(hops.pop()?.trim() ?? '');
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** Whose limit an address counts towards: an IPv4 address, or the /64 that one IPv6 customer usually has to themselves. */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  const groups = [...front, ...zeros, ...back].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}::/64`;
}

/** Whether it is this machine: our own programs, or a proxy that nobody said to trust. */
export const isLoopback: TrustedProxies = trustedProxies(['loopback']);

/** An IPv4 address in an IPv6 coat is an IPv4 address. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
