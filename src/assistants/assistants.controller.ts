// REST of assistants and their prompt versions.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../access/actor.js';
import { Endpoint } from '../access/endpoint.js';
import {
  assistantListSchema,
  assistantSchema,
  newPromptVersionSchema,
  promptVersionListSchema,
  promptVersionSchema,
  slugSchema,
  toAssistantView,
  toPromptVersionView,
} from './assistants.schema.js';
import { AssistantsService } from './assistants.service.js';

const UNKNOWN = { 404: 'There is no such assistant.' };

@ApiTags('assistants')
@Controller('api/v1/assistants')
export class AssistantsController {
  constructor(private readonly assistants: AssistantsService) {}

  @Get()
  @Endpoint({ access: 'agent', of: 'any', summary: 'List the assistants', answer: assistantListSchema })
  async list(@CurrentActor() actor: Actor): Promise<z.infer<typeof assistantListSchema>> {
    const visible = (await this.assistants.list()).filter(({ id }) => actor.may('agent', id));
    return { assistants: visible.map(toAssistantView) };
  }

  @Get(':slug')
  @Endpoint({ access: 'agent', summary: 'Show an assistant', answer: assistantSchema, failures: UNKNOWN })
  async show(@Param('slug', { schema: slugSchema }) slug: string): Promise<z.infer<typeof assistantSchema>> {
    return toAssistantView(await this.assistants.bySlug(slug));
  }

  @Get(':slug/prompt-versions')
  @Endpoint({
    access: 'operator',
    summary: 'List prompt versions, newest first',
    answer: promptVersionListSchema,
    failures: UNKNOWN,
  })
  async promptVersions(
    @Param('slug', { schema: slugSchema }) slug: string,
  ): Promise<z.infer<typeof promptVersionListSchema>> {
    const { id, activePromptVersion } = await this.assistants.bySlug(slug);
    const versions = await this.assistants.promptVersions(id);
    return { promptVersions: versions.map((version) => toPromptVersionView(version, activePromptVersion)) };
  }

  @Post(':slug/prompt-versions')
  @Endpoint({
    access: 'operator',
    summary: 'Make the next prompt version and activate it',
    answer: promptVersionSchema,
    status: 201,
    failures: UNKNOWN,
  })
  async addPromptVersion(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Body({ schema: newPromptVersionSchema }) content: z.infer<typeof newPromptVersionSchema>,
  ): Promise<z.infer<typeof promptVersionSchema>> {
    const made = await this.assistants.addPromptVersion(slug, content);
    return toPromptVersionView(made, made.version);
  }
}
