// How often something may be done in a minute, for each of many keys. The counts are this process's own, and their number is bounded:
// keys share a fixed number of buckets by a hash with a secret salt, so nobody fills the memory and nobody finds a stranger's bucket.
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Environment } from '../config/environment.js';
import { Runtime } from '../config/runtime.js';
import { AccessError } from './access-error.js';

/** Two keys of 1,000 in use share a bucket with a probability of 1.5 % each, and only where both are busy does one notice. */
const BUCKETS = 65_536;
const WINDOW_SECONDS = 60;
/** Events other than messages (ratings, history) cost less. */
const EVENTS_PER_MESSAGE = 10;

const POINTS = {
  conversation: ({ CHAT_LIMIT_CONVERSATION }) => CHAT_LIMIT_CONVERSATION,
  address: ({ CHAT_LIMIT_ADDRESS }) => CHAT_LIMIT_ADDRESS,
  site: ({ CHAT_LIMIT_SITE }) => CHAT_LIMIT_SITE,
  connection: ({ CHAT_LIMIT_CONNECTIONS }) => CHAT_LIMIT_CONNECTIONS,
  event: ({ CHAT_LIMIT_CONVERSATION }) => CHAT_LIMIT_CONVERSATION * EVENTS_PER_MESSAGE,
} satisfies Record<string, (environment: LimitSettings) => number>;

type LimitSettings = Pick<
  Environment,
  'CHAT_LIMIT_CONVERSATION' | 'CHAT_LIMIT_ADDRESS' | 'CHAT_LIMIT_SITE' | 'CHAT_LIMIT_CONNECTIONS'
>;
/** What is counted. */
export type LimitScope = keyof typeof POINTS;
/** The keys that something counts for; a scope without one doesn't limit it. */
export type Spending = Partial<Record<LimitScope, string>>;

@Injectable()
export class RateLimits {
  private readonly limiters: [LimitScope, RateLimiterMemory][];
  private readonly salt = randomBytes(16);

  constructor({ environment }: Runtime) {
    const scopes = Object.entries(POINTS) as [LimitScope, (typeof POINTS)[LimitScope]][];
    this.limiters = scopes
      .map(([scope, points]) => [scope, points(environment)] as const)
      .filter(([, points]) => points > 0)
      .map(([scope, points]) => [scope, new RateLimiterMemory({ points, duration: WINDOW_SECONDS })]);
  }

  /** Counts one. @throws AccessError `rate.limited`, with the time until it may be tried again */
  async spend(spending: Spending): Promise<void> {
    for (const [scope, limiter] of this.limiters) {
      const key = spending[scope];
      if (key !== undefined) await limiter.consume(this.bucketOf(key)).catch(refuse);
    }
  }

  private bucketOf(key: string): string {
    return String(createHash('sha256').update(this.salt).update(key).digest().readUInt32BE() % BUCKETS);
  }
}

function refuse(refusal: RateLimiterRes | Error): never {
  if (refusal instanceof Error) throw refusal;
  const retryAfterMs = Math.max(1, Math.ceil(refusal.msBeforeNext));
  const sentence = `Too much in a short time. Please try again in ${Math.ceil(retryAfterMs / 1000)} seconds.`;
  throw new AccessError('rate.limited', sentence, 'limited', { retryAfterMs });
}
