// REST of an assistant's schedule and budget.
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import type { Assistant } from '../../database/entities/assistant.entity.js';
import { ExamplePool } from '../snapshot/example-pool.js';
import { LearningSettings } from './learning-settings.js';
import {
  learningSettingsChangeSchema,
  learningSettingsSchema,
  type LearningSettingsView,
} from './learning-settings.schema.js';

const UNKNOWN = { 404: 'There is no such assistant.' };
const Slug = () => Param('slug', { schema: slugSchema });

@ApiTags('training runs')
@Controller('api/v1/assistants/:slug/learning-settings')
export class LearningSettingsController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly settings: LearningSettings,
    private readonly pool: ExamplePool,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: 'When training starts by itself, and what it may cost',
    answer: learningSettingsSchema,
    failures: UNKNOWN,
  })
  async show(@Slug() slug: string): Promise<LearningSettingsView> {
    return this.viewOf(await this.assistants.bySlug(slug));
  }

  @Put()
  @Endpoint({
    access: 'operator',
    summary: 'Set when training starts by itself, and what it may cost',
    description:
      'For: operator. What is left out or null is as the environment says. Runs that wait already keep theirs.',
    answer: learningSettingsSchema,
    failures: UNKNOWN,
  })
  async change(
    @Slug() slug: string,
    @Body({ schema: learningSettingsChangeSchema }) { reason, ...own }: z.infer<typeof learningSettingsChangeSchema>,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<LearningSettingsView> {
    const assistant = await this.assistants.bySlug(slug);
    await this.settings.change(assistant.id, actor, own, reason);
    return this.viewOf(assistant);
  }

  private async viewOf({ id, championVersion }: Assistant): Promise<LearningSettingsView> {
    return this.settings.view(id, await this.pool.countNew(id, championVersion));
  }
}
