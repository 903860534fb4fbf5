// REST of what answers now: on which nodes, and what a rollback would mean for open conversations.
import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { ServingNow } from './serving.js';
import { servingSchema, toServingView, type ServingView } from './serving.schema.js';

@ApiTags('adapters')
@Controller('api/v1/assistants/:slug/serving')
export class ServingController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly serving: ServingNow,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: 'Which version answers now, confirmed node by node',
    answer: servingSchema,
    failures: { 404: 'There is no such assistant.' },
  })
  async show(@Param('slug', { schema: slugSchema }) slug: string): Promise<ServingView> {
    return toServingView(await this.serving.of(await this.assistants.bySlug(slug)));
  }
}
