// Health for machines: `/healthz` says that the process runs, `/readyz` whether it can serve now.
import { Controller, Get } from '@nestjs/common';
import { Public } from '../access/roles.guard.js';

@Controller()
export class HealthController {
  /** Answers as long as the process turns its event loop; a restart would not help when only Postgres is away. */
  @Get('healthz')
  @Public()
  healthz() {
    return { status: 'ok' };
  }
}
