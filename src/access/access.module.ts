// Who may do what: tokens, site keys and limits for everybody by injection, and the guard in front of every HTTP route.
import { DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { RateLimits } from './rate-limits.js';
import { RolesGuard } from './roles.guard.js';
import { SiteKeys } from './site-keys/site-keys.js';
import { AccessTokens } from './tokens.js';

@Module({})
export class AccessModule {
  /** The module, global, with the tokens in use as the injectable `AccessTokens`. */
  static forRoot(tokens: AccessTokens): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      providers: [
        { provide: AccessTokens, useValue: tokens },
        RateLimits,
        SiteKeys,
        { provide: APP_GUARD, useClass: RolesGuard },
      ],
      exports: [AccessTokens, RateLimits, SiteKeys],
    };
  }
}
