// Gives everybody the `Runtime` by injection: what was parsed and found at start, never read again from the environment.
import { DynamicModule, Module } from '@nestjs/common';
import { Runtime } from './runtime.js';

@Module({})
export class ConfigModule {
  /** The module, global, with this process's runtime as the injectable `Runtime`. */
  static forRoot(runtime: Runtime): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Runtime, useValue: runtime }],
      exports: [Runtime],
    };
  }
}
