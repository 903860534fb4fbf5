// Who the customer is, as the host's server signed it. The widget never checks the signature: that is the service's business;
// it only reads whose token it is (another customer has another conversation) and until when it holds.
import type { Identity } from '../public.js';

/** A token that ends sooner is fetched anew before it is used. */
const MARGIN_MS = 10_000;

interface Claims {
  sub?: string;
  /** Seconds since 1970. */
  exp?: number;
}

/** The claims of a JWT; none when it isn't one. */
export function claimsOf(jwt: string): Claims {
  try {
    const payload = (jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== 'object' || claims === null) return {};
    const { sub, exp } = claims as Record<string, unknown>;
    return { ...(typeof sub === 'string' ? { sub } : {}), ...(typeof exp === 'number' ? { exp } : {}) };
  } catch {
    return {};
  }
}

/** What a host gave as identity, asked again when it has to be. */
export class IdentitySource {
  #jwt?: string;

  constructor(private readonly given: Identity | null) {}

  /**
   * The token to use now; undefined for an anonymous customer.
   * @param renewed true after the service refused the last one
   * @throws whatever the host's function throws
   */
  async token(renewed = false): Promise<string | undefined> {
    if (typeof this.given !== 'function') return this.given ?? undefined;
    const endsMs = (claimsOf(this.#jwt ?? '').exp ?? Infinity) * 1000;
    if (!this.#jwt || renewed || Date.now() > endsMs - MARGIN_MS) this.#jwt = await this.given();
    return this.#jwt;
  }

  /** Whether `token` can get a newer one by itself. */
  get renewable(): boolean {
    return typeof this.given === 'function';
  }
}
