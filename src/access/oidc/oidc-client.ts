// Signing in through an OpenID Connect provider: authorization code flow with PKCE, state and nonce (RFC 9700; OpenID Connect Core 3.1). What must
// be known again when the person comes back is in an encrypted cookie of their browser, so any node can answer.
import { Injectable, Logger } from '@nestjs/common';
import { EncryptJWT, jwtDecrypt } from 'jose';
import * as client from 'openid-client';
import { z } from 'zod';
import { Runtime } from '../../config/runtime.js';
import { AccessError } from '../access-error.js';
import { AuthSecrets } from '../sign-in/auth-secrets.js';

/** So long a person may take at the provider. */
export const OIDC_MINUTES_MAX = 10;
const TIMEOUT_SECONDS = 8;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const stateSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });
const claimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  email: z.string().trim().toLowerCase().max(200).optional(),
  email_verified: z.boolean().optional(),
  name: z.string().optional(),
});
/** What the provider says of a person. */
export type OidcClaims = z.infer<typeof claimsSchema>;

@Injectable()
export class OidcClient {
  private readonly logger = new Logger('OpenID Connect');
  private discovered: Promise<client.Configuration> | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly secrets: AuthSecrets,
  ) {}

  /**
   * Where to send a person, and what their browser must keep until they come back.
   * @throws AccessError `access.oidc_unavailable`
   */
  async begin(redirectUri: string): Promise<{ location: string; kept: string }> {
    const configuration = await this.configuration();
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const location = client.buildAuthorizationUrl(configuration, {
      ...{ redirect_uri: redirectUri, scope: this.runtime.environment.OIDC_SCOPE, state, nonce },
      ...{ code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
    });
    const kept = await new EncryptJWT({ state, nonce, verifier })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(`${OIDC_MINUTES_MAX} minutes`)
      .encrypt(await this.secrets.get('oidc_state'));
    return { location: location.href, kept };
  }

  /**
   * Who came back. @param kept what `begin` gave; @param current the address that the provider sent them to
   * @throws AccessError `access.oidc_refused`, `access.oidc_unavailable`
   */
  async finish(current: URL, kept: string | undefined): Promise<OidcClaims> {
    const configuration = await this.configuration();
    const { state, nonce, verifier } = await this.read(kept);
    try {
      const tokens = await client.authorizationCodeGrant(configuration, current, {
        ...{ pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
      });
      const claims = claimsSchema.parse(tokens.claims());
      if (!configuration.serverMetadata().userinfo_endpoint) return claims;
      const more = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      return claimsSchema.parse({ ...more, ...claims });
    } catch (error) {
      this.logger.warn(`A sign-in was refused: ${error instanceof Error ? error.message : String(error)}`);
      throw refused('The identity provider did not confirm who you are. Please try again.');
    }
  }

  private async read(kept: string | undefined): Promise<z.infer<typeof stateSchema>> {
    try {
      const { payload } = await jwtDecrypt(kept ?? '', await this.secrets.get('oidc_state'));
      return stateSchema.parse(payload);
    } catch {
      throw refused('This sign-in was not begun in this browser, or took too long. Please try again.');
    }
  }

  /** Found once; after a failure looked for again. */
  private async configuration(): Promise<client.Configuration> {
    const { OIDC_ISSUER } = this.runtime.environment;
    if (!OIDC_ISSUER) throw unavailable('There is no identity provider here. Sign in with your password.');
    try {
      return await (this.discovered ??= this.discover(new URL(OIDC_ISSUER)));
    } catch (error) {
      this.discovered = undefined;
      this.logger.warn(`${OIDC_ISSUER} can't be asked: ${error instanceof Error ? error.message : String(error)}`);
      throw unavailable(
        'The identity provider does not answer at the moment. Sign in with your password, or try later.',
      );
    }
  }

  private discover(issuer: URL): Promise<client.Configuration> {
    const { OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = this.runtime.environment;
    const secretless = OIDC_CLIENT_SECRET === undefined ? client.None() : undefined;
    // Without TLS only on this machine.
    const execute = LOOPBACK.has(issuer.hostname) ? [client.allowInsecureRequests] : [];
    return client.discovery(issuer, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, secretless, {
      timeout: TIMEOUT_SECONDS,
      execute,
    });
  }
}

const refused = (why: string) => new AccessError('access.oidc_refused', why, 'unauthenticated');
const unavailable = (why: string) => new AccessError('access.oidc_unavailable', why, 'unavailable');
