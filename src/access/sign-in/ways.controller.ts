// REST of the ways to sign in: what the sign-in page shows.
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Runtime } from '../../config/runtime.js';
import { Endpoint } from '../endpoint.js';
import { waysSchema } from './sign-in.schema.js';

@ApiTags('access')
@Controller('api/v1/sign-in')
export class WaysController {
  constructor(private readonly runtime: Runtime) {}

  @Get()
  @Endpoint({ access: 'public', tokenless: true, summary: 'Which ways there are to sign in', answer: waysSchema })
  show(): z.infer<typeof waysSchema> {
    const { OIDC_ISSUER, OIDC_NAME } = this.runtime.environment;
    return { password: true, oidc: OIDC_ISSUER ? { name: OIDC_NAME } : null };
  }
}
