// A waiting line in which sites take turns, and within a site its customers: whoever asks a lot waits for their own, not for others'.
// Round robin on two levels (Nagle, "On Packet Switches with Infinite Storage", RFC 970, 1985): since nobody knows an answer's length
// before it is written, turns are counted, not tokens.

/** Whose turn something is. */
export interface Turn {
  site: string;
  customer: string;
}

export class FairLine<T> {
  /** Both maps are rings: the first key's turn is next, and it goes to the end when it had it. */
  private readonly sites = new Map<string, Map<string, T[]>>();
  private count = 0;

  get length(): number {
    return this.count;
  }

  add(item: T, { site, customer }: Turn): void {
    const customers = this.sites.get(site) ?? new Map<string, T[]>();
    this.sites.set(site, customers);
    customers.set(customer, [...(customers.get(customer) ?? []), item]);
    this.count++;
  }

  /** Takes out whose turn it is; undefined when nobody waits. */
  next(): T | undefined {
    const [entry] = this.sites;
    if (!entry) return undefined;
    const [site, customers] = entry;
    const [first] = customers;
    const [customer, [item, ...rest]] = first as [string, T[]];
    this.count--;
    customers.delete(customer);
    if (rest.length > 0) customers.set(customer, rest);
    this.sites.delete(site);
    if (customers.size > 0) this.sites.set(site, customers);
    return item;
  }

  /** Takes out one that doesn't want to wait any more. @returns whether it was there */
  remove(item: T, { site, customer }: Turn): boolean {
    const customers = this.sites.get(site);
    const items = customers?.get(customer);
    if (!customers || !items?.includes(item)) return false;
    const rest = items.filter((other) => other !== item);
    this.count--;
    if (rest.length > 0) customers.set(customer, rest);
    else customers.delete(customer);
    if (customers.size === 0) this.sites.delete(site);
    return true;
  }

  /** Everybody in the order in which `next` would take them, if nobody came or left. */
  order(): T[] {
    const copy = new FairLine<T>();
    for (const [site, customers] of this.sites) copy.sites.set(site, new Map(customers));
    const order: T[] = [];
    while (copy.sites.size > 0) order.push(copy.next() as T);
    return order;
  }
}
