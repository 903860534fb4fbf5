// REST of how the whole service is, for people who run it; machines ask `/readyz`.
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../access/endpoint.js';
import { ServiceHealthReport } from './service-health.js';
import { serviceHealthSchema, type ServiceHealth } from './service-health.schema.js';

@ApiTags('operations')
@Controller('api/v1/health')
export class ServiceHealthController {
  constructor(private readonly health: ServiceHealthReport) {}

  @Get()
  @Endpoint({
    access: 'operator',
    of: 'any',
    summary: 'How the service is: nodes, engine slots, queue, database, disk',
    answer: serviceHealthSchema,
  })
  show(): Promise<ServiceHealth> {
    return this.health.report();
  }
}
