// REST of the lineage: what an adapter version learnt, from whom. It stands here and not with the versions, because everything it
// reads beyond their rows is feedback.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { learntVersionSchema, lineageQuerySchema, lineageSchema, type Lineage } from './lineage.schema.js';
import { Lineages } from './lineages.js';

@ApiTags('adapters')
@Controller('api/v1/assistants/:slug/adapter-versions/:version/lineage')
export class LineageController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly lineages: Lineages,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: 'From a version and its parents to each example, answer, rating and correction',
    answer: lineageSchema,
    failures: { 404: 'There is no such assistant or version.' },
  })
  async show(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('version', { schema: learntVersionSchema }) version: number,
    @Query({ schema: lineageQuerySchema }) query: z.infer<typeof lineageQuerySchema>,
  ): Promise<Lineage> {
    const { id } = await this.assistants.bySlug(slug);
    return this.lineages.of(id, version, query);
  }
}
