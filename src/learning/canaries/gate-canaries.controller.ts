// REST of the gate's canaries: write, change, delete them, and see who did.
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { GateCanaries } from './gate-canaries.js';
import {
  canaryChangeListSchema,
  canaryChangesQuerySchema,
  canaryFieldsSchema,
  canaryIdSchema,
  canaryListSchema,
  canarySchema,
  toCanaryChangeView,
  toCanaryView,
  type CanaryFields,
  type CanaryView,
} from './gate-canaries.schema.js';

const UNKNOWN = 'There is no such assistant or canary.';
const Slug = () => Param('slug', { schema: slugSchema });
const Id = () => Param('id', { schema: canaryIdSchema });

@ApiTags('gate')
@Controller('api/v1/assistants/:slug/gate-canaries')
export class GateCanariesController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly canaries: GateCanaries,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: "List the gate's canaries",
    answer: canaryListSchema,
    failures: { 404: UNKNOWN },
  })
  async list(@Slug() slug: string): Promise<z.infer<typeof canaryListSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    return { canaries: (await this.canaries.list(id)).map(toCanaryView) };
  }

  @Get('changes')
  @Endpoint({
    access: 'operator',
    summary: 'List who changed the canaries, newest first',
    answer: canaryChangeListSchema,
    failures: { 404: UNKNOWN },
  })
  async changes(
    @Slug() slug: string,
    @Query({ schema: canaryChangesQuerySchema }) { limit }: z.infer<typeof canaryChangesQuerySchema>,
  ): Promise<z.infer<typeof canaryChangeListSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    return { changes: (await this.canaries.changes(id, limit)).map(toCanaryChangeView) };
  }

  @Post()
  @Endpoint({
    access: 'operator',
    summary: 'Write a canary',
    description:
      'For: operator. A candidate that breaks it is refused, unless the version it started from breaks it as well.',
    status: 201,
    answer: canarySchema,
    failures: { 404: UNKNOWN, 409: 'There are too many already (`learning.too_many_canaries`).' },
  })
  async create(
    @Slug() slug: string,
    @Body({ schema: canaryFieldsSchema }) fields: CanaryFields,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<CanaryView> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    return toCanaryView(await this.canaries.create({ assistantId, actor }, fields));
  }

  @Put(':id')
  @Endpoint({ access: 'operator', summary: 'Change a canary', answer: canarySchema, failures: { 404: UNKNOWN } })
  async change(
    @Slug() slug: string,
    @Id() id: string,
    @Body({ schema: canaryFieldsSchema }) fields: CanaryFields,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<CanaryView> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    return toCanaryView(await this.canaries.change({ assistantId, id, actor }, fields));
  }

  @Delete(':id')
  @Endpoint({ access: 'operator', summary: 'Delete a canary', failures: { 404: UNKNOWN } })
  async delete(@Slug() slug: string, @Id() id: string, @CurrentActor() { name: actor }: Actor): Promise<void> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    await this.canaries.delete({ assistantId, id, actor });
  }
}
