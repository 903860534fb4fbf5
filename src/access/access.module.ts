// Who may do what: tokens, site keys and limits for everybody by injection, and the guard in front of every HTTP route.
import { DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeys } from './api-keys/api-keys.js';
import { AccessGuard } from './access.guard.js';
import { AssistantsOf } from './assistant-of.js';
import { OidcClient } from './oidc/oidc-client.js';
import { OidcUsers } from './oidc/oidc-users.js';
import { OidcController } from './oidc/oidc.controller.js';
import { RateLimits } from './rate-limits.js';
import { AuthSecrets } from './sign-in/auth-secrets.js';
import { LockOut } from './sign-in/lock-out.js';
import { MeController } from './sign-in/me.controller.js';
import { Passwords } from './sign-in/passwords.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignIns } from './sign-in/sign-ins.js';
import { UserSessions } from './sign-in/user-sessions.js';
import { WaysController } from './sign-in/ways.controller.js';
import { UsersController } from './users/users.controller.js';
import { Users } from './users/users.js';
import { Sessions } from './sessions.js';
import { SiteKeys } from './site-keys/site-keys.js';
import { AccessTokens } from './tokens.js';

@Module({})
export class AccessModule {
  /** The module, global, with the tokens in use as the injectable `AccessTokens`. */
  static forRoot(tokens: AccessTokens): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      controllers: [SignInController, WaysController, MeController, UsersController, ApiKeysController, OidcController],
      providers: [
        { provide: AccessTokens, useValue: tokens },
        RateLimits,
        SiteKeys,
        Sessions,
        AssistantsOf,
        ...[AuthSecrets, Passwords, LockOut, UserSessions, SignIns, Users, ApiKeys, OidcClient, OidcUsers],
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
      exports: [AccessTokens, AssistantsOf, RateLimits, SiteKeys, Sessions],
    };
  }
}
