// Who may do what: tokens for everybody by injection.
import { DynamicModule, Module } from '@nestjs/common';
import { AccessTokens } from './tokens.js';

@Module({})
export class AccessModule {
  /** The module, global, with the tokens in use as the injectable `AccessTokens`. */
  static forRoot(tokens: AccessTokens): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      providers: [{ provide: AccessTokens, useValue: tokens }],
      exports: [AccessTokens],
    };
  }
}
