// REST of signing in and out.
import { Body, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { AccessError } from '../access-error.js';
import { CurrentActor, type Actor } from '../actor.js';
import { recordAudit } from '../audit/record-audit.js';
import { Endpoint } from '../endpoint.js';
import { Sessions } from '../sessions.js';
import {
  assertNoForm,
  assertOwnPage,
  clearRefreshCookie,
  placeOf,
  refreshCookie,
  setRefreshCookie,
} from './cookies.js';
import { assertPerson } from './me.controller.js';
import { sessionListSchema, signedInSchema, signInSchema, type SignedInView } from './sign-in.schema.js';
import { SignIns } from './sign-ins.js';
import { UserSessions, type SignedIn } from './user-sessions.js';

const OwnPage = () => ApiHeader({ name: 'X-Retune-Request', required: true, description: '`1`' });

@ApiTags('access')
@Controller('api/v1/sessions')
export class SignInController {
  constructor(
    private readonly database: DataSource,
    private readonly signIns: SignIns,
    private readonly userSessions: UserSessions,
    private readonly sessions: Sessions,
  ) {}

  @Post()
  @Endpoint({
    access: 'public',
    tokenless: true,
    summary: 'Sign in with e-mail and password',
    description: 'Sets the refresh cookie. After failures in a row one has to wait, ever longer, five minutes at most.',
    status: 201,
    answer: signedInSchema,
    failures: {
      401: 'Wrong (`access.sign_in_refused`).',
      403: 'From a form or another website (`access.cross_site`).',
      429: 'Too often (`access.locked_out`), see `retryAfterMs`.',
    },
  })
  async signIn(
    @Body({ schema: signInSchema }) { email, password }: z.infer<typeof signInSchema>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedInView> {
    assertNoForm(request);
    return answer(request, response, await this.signIns.byPassword(email, password, placeOf(request)));
  }

  @Post('refresh')
  @OwnPage()
  @Endpoint({
    access: 'public',
    tokenless: true,
    summary: 'Renew the access token by the refresh cookie',
    answer: signedInSchema,
    failures: { 401: 'Signed out (`access.session_ended`).', 403: 'From another website (`access.cross_site`).' },
  })
  async refresh(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<SignedInView> {
    assertOwnPage(request);
    const token = refreshCookie(request);
    if (!token) throw new AccessError('access.session_ended', 'You are not signed in.', 'unauthenticated');
    try {
      return answer(request, response, await this.userSessions.renew(token));
    } catch (error) {
      if (error instanceof AccessError) clearRefreshCookie(request, response);
      throw error;
    }
  }

  @Delete('current')
  @OwnPage()
  @Endpoint({
    access: 'public',
    tokenless: true,
    summary: 'Sign out',
    failures: { 403: 'From another website (`access.cross_site`).' },
  })
  async signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    assertOwnPage(request);
    const token = refreshCookie(request);
    clearRefreshCookie(request, response);
    if (token) await this.userSessions.endBy(token).catch(ignoreRefusal);
    this.sessions.forget();
  }

  @Get()
  @Endpoint({ access: 'signed-in', summary: 'List my sign-ins', answer: sessionListSchema })
  async list(@CurrentActor() actor: Actor): Promise<z.infer<typeof sessionListSchema>> {
    const sessions = await this.userSessions.list(assertPerson(actor));
    return {
      sessions: sessions.map(({ id, address, userAgent, createdAt, rotatedAt }) => ({
        ...{ id, current: id === actor.sessionId, address, userAgent },
        ...{ createdAt: createdAt.toISOString(), renewedAt: rotatedAt.toISOString() },
      })),
    };
  }

  @Delete()
  @Endpoint({ access: 'signed-in', summary: 'Sign out everywhere' })
  async signOutEverywhere(@CurrentActor() actor: Actor): Promise<void> {
    const userId = assertPerson(actor);
    await this.database.transaction(async (manager) => {
      const ended = await this.userSessions.endAll(manager, userId, 'Signed out everywhere.');
      const target = { kind: 'user', id: userId };
      await recordAudit(manager, { actor, action: 'session.end_all', assistantId: null, target, after: { ended } });
    });
    this.sessions.forget();
  }
}

/** What somebody who signed in is told; the refresh token goes into its cookie. */
function answer(request: Request, response: Response, signedIn: SignedIn): SignedInView {
  const { accessToken, expiresAt, refreshToken, refreshUntil, user } = signedIn;
  setRefreshCookie(request, response, refreshToken, refreshUntil);
  response.setHeader('Cache-Control', 'no-store');
  const { id, name, email, mustChangePassword, passwordHash } = user;
  const shown = { kind: 'user' as const, id, name, email, mustChangePassword, hasPassword: passwordHash !== null };
  return { accessToken, expiresAt: expiresAt.toISOString(), user: shown };
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof AccessError)) throw error;
}
