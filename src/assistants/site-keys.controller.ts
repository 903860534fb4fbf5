// REST of site keys: which websites may talk to an assistant, and with which secret they vouch for their customers.
import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../access/actor.js';
import { Endpoint } from '../access/endpoint.js';
import { SiteKeys } from '../access/site-keys/site-keys.js';
import { slugSchema } from './assistants.schema.js';
import { AssistantsService } from './assistants.service.js';
import {
  newSiteKeySchema,
  rotationSchema,
  siteKeyChangeListSchema,
  siteKeyChangeSchema,
  siteKeyChangesQuerySchema,
  siteKeyIdSchema,
  siteKeyListSchema,
  siteKeySchema,
  siteKeyWithSecretSchema,
  toSiteKeyChangeView,
  toSiteKeyView,
  toSiteKeyWithSecret,
  type SiteKeyView,
} from './site-keys.schema.js';

const UNKNOWN = 'There is no such assistant or site key.';
const Slug = () => Param('slug', { schema: slugSchema });
const Id = () => Param('id', { schema: siteKeyIdSchema });
type WithSecret = z.infer<typeof siteKeyWithSecretSchema>;

@ApiTags('site keys')
@Controller('api/v1/assistants/:slug/site-keys')
export class SiteKeysController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly siteKeys: SiteKeys,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: 'List the site keys',
    answer: siteKeyListSchema,
    failures: { 404: UNKNOWN },
  })
  async list(@Slug() slug: string): Promise<z.infer<typeof siteKeyListSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    return { siteKeys: (await this.siteKeys.list(id)).map(toSiteKeyView) };
  }

  @Get('changes')
  @Endpoint({
    access: 'operator',
    summary: 'List who changed the site keys, newest first',
    answer: siteKeyChangeListSchema,
    failures: { 404: UNKNOWN },
  })
  async changes(
    @Slug() slug: string,
    @Query({ schema: siteKeyChangesQuerySchema }) { limit }: z.infer<typeof siteKeyChangesQuerySchema>,
  ): Promise<z.infer<typeof siteKeyChangeListSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    return { changes: (await this.siteKeys.changes(id, limit)).map(toSiteKeyChangeView) };
  }

  @Post()
  @Endpoint({
    access: 'operator',
    summary: 'Make a site key',
    description: 'For: operator. The answer is the only place where its secret is ever shown.',
    status: 201,
    answer: siteKeyWithSecretSchema,
    failures: { 404: UNKNOWN, 409: 'There are too many already (`site.too_many_keys`).' },
  })
  async create(
    @Slug() slug: string,
    @Body({ schema: newSiteKeySchema }) fields: z.infer<typeof newSiteKeySchema>,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<WithSecret> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    return toSiteKeyWithSecret(await this.siteKeys.create({ assistantId, actor }, fields));
  }

  @Patch(':id')
  @Endpoint({
    access: 'operator',
    summary: 'Rename a site key, say which websites may use it, and how the widget looks there',
    answer: siteKeySchema,
    failures: { 404: UNKNOWN },
  })
  async change(
    @Slug() slug: string,
    @Id() id: string,
    @Body({ schema: siteKeyChangeSchema }) fields: z.infer<typeof siteKeyChangeSchema>,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<SiteKeyView> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    return toSiteKeyView(await this.siteKeys.change({ assistantId, id, actor }, fields));
  }

  @Post(':id/rotate')
  @Endpoint({
    access: 'operator',
    summary: 'Give a site key a new secret',
    description:
      'For: operator. The one before stays good for `graceSeconds`. The new one is shown here and never again.',
    answer: siteKeyWithSecretSchema,
    failures: { 404: UNKNOWN },
  })
  async rotate(
    @Slug() slug: string,
    @Id() id: string,
    @Body({ schema: rotationSchema }) { graceSeconds }: z.infer<typeof rotationSchema>,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<WithSecret> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    return toSiteKeyWithSecret(await this.siteKeys.rotate({ assistantId, id, actor }, graceSeconds));
  }

  @Delete(':id')
  @Endpoint({
    access: 'operator',
    summary: 'Delete a site key',
    description: 'For: operator. Widgets that use it are refused within seconds; conversations stay.',
    failures: { 404: UNKNOWN },
  })
  async delete(@Slug() slug: string, @Id() id: string, @CurrentActor() { name: actor }: Actor): Promise<void> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    await this.siteKeys.delete({ assistantId, id, actor });
  }
}
