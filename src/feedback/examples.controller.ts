// REST of examples: what the learner has to learn from.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Endpoint } from '../access/endpoint.js';
import { slugSchema } from '../assistants/assistants.schema.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import { Examples } from './examples.service.js';
import { examplesPageSchema, examplesQuerySchema, toExampleView } from './feedback.schema.js';

@ApiTags('feedback')
@Controller('api/v1/assistants/:slug/examples')
export class ExamplesController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly examples: Examples,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: 'Count and list the examples, newest first',
    answer: examplesPageSchema,
    failures: { 404: 'There is no such assistant.' },
  })
  async list(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Query({ schema: examplesQuerySchema }) query: z.infer<typeof examplesQuerySchema>,
  ): Promise<z.infer<typeof examplesPageSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    const { before, limit, new: isNew, ...same } = query;
    const filter = { ...same, ...(isNew && { new: isNew === 'true' }) };
    const page = await this.examples.page(id, filter, { before, limit });
    const next = page.length === limit ? (page.at(-1)?.id ?? null) : null;
    return { counts: await this.examples.counts(id), examples: page.map(toExampleView), next };
  }
}
