// Health for machines: `/healthz` says that the process runs, `/readyz` whether it can serve now.
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../access/access.guard.js';
import { Readiness, readinessSchema, type ReadinessReport } from './readiness.js';

@ApiTags('operations')
@Controller()
@Public()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Answers as long as the process turns its event loop; a restart would not help when only Postgres is away. */
  @Get('healthz')
  @ApiOperation({ summary: 'Whether the process runs' })
  healthz() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiOperation({ summary: 'Whether the service can answer now' })
  @ApiResponse({ status: 200, description: 'It can.', standardSchema: readinessSchema })
  @ApiResponse({ status: 503, description: 'It cannot.', standardSchema: readinessSchema })
  async readyz(@Res({ passthrough: true }) response: Response): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    response.status(report.status === 'ready' ? 200 : 503);
    return report;
  }
}
