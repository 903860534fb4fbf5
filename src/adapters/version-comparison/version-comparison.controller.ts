// REST of comparisons: versions side by side, by their reports and by asking them.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { VersionComparisons } from './version-comparisons.js';
import {
  versionComparisonQuerySchema,
  versionComparisonSchema,
  toVersionComparisonView,
  trialAnswersSchema,
  trialSchema,
} from './version-comparison.schema.js';

@ApiTags('adapters')
@Controller('api/v1/assistants/:slug/version-comparison')
export class VersionComparisonController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly comparisons: VersionComparisons,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: 'Two to five versions side by side, regressions first',
    answer: versionComparisonSchema,
    failures: { 404: 'There is no such assistant or version.' },
  })
  async show(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Query({ schema: versionComparisonQuerySchema }) { versions }: z.infer<typeof versionComparisonQuerySchema>,
  ): Promise<z.infer<typeof versionComparisonSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    return toVersionComparisonView(await this.comparisons.of(id, versions));
  }

  @Post('answers')
  @Endpoint({
    access: 'operator',
    summary: 'Ask several versions the same question',
    description: 'For: operator. Greedily, without the memory, one after another; nothing is kept.',
    answer: trialAnswersSchema,
    failures: { 404: 'There is no such assistant.' },
  })
  async ask(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Body({ schema: trialSchema }) trial: z.infer<typeof trialSchema>,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<z.infer<typeof trialAnswersSchema>> {
    return this.comparisons.ask(await this.assistants.bySlug(slug), { ...trial, actor });
  }
}
