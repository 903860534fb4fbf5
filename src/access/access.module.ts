// Who may do what: tokens for everybody by injection, and the guard in front of every HTTP route.
import { DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { RolesGuard } from './roles.guard.js';
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
        { provide: APP_GUARD, useClass: RolesGuard },
      ],
      exports: [AccessTokens],
    };
  }
}
