// The two addresses of signing in through an identity provider: one sends a browser there, the other takes it back.
import { Controller, Get, Logger, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { CookieOptions, Request, Response } from 'express';
import { RetuneError } from '../../config/retune-error.js';
import { Endpoint } from '../endpoint.js';
import { cookie, placeOf, setRefreshCookie } from '../sign-in/cookies.js';
import { SignIns } from '../sign-in/sign-ins.js';
import { OIDC_MINUTES_MAX, OidcClient } from './oidc-client.js';
import { OidcUsers } from './oidc-users.js';

const BEGUN = 'retune_oidc';
const PATH = '/api/v1/sessions/oidc';

@ApiTags('access')
@Controller('api/v1/sessions/oidc')
export class OidcController {
  private readonly logger = new Logger('OpenID Connect');

  constructor(
    private readonly client: OidcClient,
    private readonly users: OidcUsers,
    private readonly signIns: SignIns,
  ) {}

  @Get()
  @Endpoint({
    access: 'public',
    tokenless: true,
    summary: 'Go to the identity provider to sign in',
    description: 'For browsers. Comes back to /console, signed in; or to /console?refused=… with the reason’s code.',
    status: 302,
  })
  begin(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.orBack(response, async () => {
      const { location, kept } = await this.client.begin(`${originOf(request)}${PATH}/callback`);
      response.cookie(BEGUN, kept, { ...options(request), maxAge: OIDC_MINUTES_MAX * 60_000 });
      response.redirect(302, location);
    });
  }

  @Get('callback')
  @Endpoint({ access: 'public', tokenless: true, summary: 'Come back from the identity provider', status: 302 })
  finish(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.clearCookie(BEGUN, options(request));
    return this.orBack(response, async () => {
      const current = new URL(request.originalUrl, originOf(request));
      const user = await this.users.userOf(await this.client.finish(current, cookie(request, BEGUN)));
      const { refreshToken, refreshUntil } = await this.signIns.begin(user, placeOf(request), 'oidc');
      setRefreshCookie(request, response, refreshToken, refreshUntil);
      response.redirect(302, '/console');
    });
  }

  /** A browser is here, not a program: what goes wrong is said on the sign-in page. */
  private async orBack(response: Response, work: () => Promise<void>): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    try {
      await work();
    } catch (error) {
      if (!(error instanceof RetuneError)) {
        this.logger.error(
          'Signing in failed for a reason nobody foresaw.',
          error instanceof Error ? error.stack : error,
        );
      }
      // The code, not the sentence: a link must not be able to put words into our sign-in page.
      const code = error instanceof RetuneError ? error.code : 'internal';
      response.redirect(302, `/console?refused=${encodeURIComponent(code)}`);
    }
  }
}

/** The browser comes from the provider's site, so the cookie can't be strict; it opens nothing by itself. */
const options = (request: Request): CookieOptions => ({
  ...{ httpOnly: true, sameSite: 'lax', path: PATH, secure: request.secure },
});

/** As the browser knows this service; behind a proxy see TRUST_PROXY. */
function originOf(request: Request): string {
  return `${request.protocol}://${request.host}`;
}
