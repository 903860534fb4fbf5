// REST of assistants and their prompt versions.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../access/actor.js';
import { Endpoint } from '../access/endpoint.js';
import {
  activationSchema,
  assistantListSchema,
  assistantSchema,
  newPromptVersionSchema,
  promptVersionListSchema,
  promptVersionNumberSchema,
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
    summary: 'Make the next prompt version, and activate it unless it is only to be tried',
    answer: promptVersionSchema,
    status: 201,
    failures: UNKNOWN,
  })
  async addPromptVersion(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Body({ schema: newPromptVersionSchema }) { activate, ...content }: z.infer<typeof newPromptVersionSchema>,
    @CurrentActor() { name: author }: Actor,
  ): Promise<z.infer<typeof promptVersionSchema>> {
    const made = await this.assistants.addPromptVersion(slug, { ...content, author }, activate);
    return toPromptVersionView(made, activate ? made.version : NaN);
  }

  @Post(':slug/prompt-versions/:version/activate')
  @Endpoint({
    access: 'operator',
    summary: 'Let new turns use a prompt version that is there already',
    answer: promptVersionSchema,
    failures: {
      404: 'There is no such assistant or prompt version.',
      409: 'It is active already (`assistants.prompt_version_active`).',
    },
  })
  async activatePromptVersion(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('version', { schema: promptVersionNumberSchema }) version: number,
    @Body({ schema: activationSchema }) { reason }: z.infer<typeof activationSchema>,
  ): Promise<z.infer<typeof promptVersionSchema>> {
    return toPromptVersionView(await this.assistants.activatePromptVersion(slug, version, reason), version);
  }
}
