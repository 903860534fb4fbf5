// REST of adapter versions: see them, promote one, roll back.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../access/actor.js';
import { Endpoint } from '../access/endpoint.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import { slugSchema } from '../assistants/assistants.schema.js';
import { versionTextSchema } from '../config/version-number.js';
import { AdapterVersions } from './adapter-versions.js';
import {
  adapterVersionListSchema,
  deploymentSchema,
  promoteSchema,
  rollbackSchema,
  toAdapterVersionView,
  toDeploymentView,
} from './adapters.schema.js';
import { Deployments } from './deployments.js';

type DeploymentView = z.infer<typeof deploymentSchema>;

const FAILURES = {
  404: 'There is no such assistant or version.',
  409: 'It is the champion already, the gate refused it, or it failed its probe; the version before goes on answering.',
};

@ApiTags('adapters')
@Controller('api/v1')
export class AdaptersController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly versions: AdapterVersions,
    private readonly deployments: Deployments,
  ) {}

  @Get('assistants/:slug/adapter-versions')
  @Endpoint({
    access: 'operator',
    summary: 'List adapter versions, newest first',
    answer: adapterVersionListSchema,
    failures: { 404: FAILURES[404] },
  })
  async list(@Param('slug', { schema: slugSchema }) slug: string): Promise<z.infer<typeof adapterVersionListSchema>> {
    const { id, championVersion } = await this.assistants.bySlug(slug);
    const versions = await this.versions.list(id);
    return { championVersion, versions: versions.map((version) => toAdapterVersionView(version, championVersion)) };
  }

  @Post('assistants/:slug/adapter-versions/:version/promote')
  @Endpoint({
    access: 'operator',
    summary: 'Make a version the champion',
    answer: deploymentSchema,
    failures: FAILURES,
  })
  async promote(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('version', { schema: versionTextSchema }) version: number,
    @Body({ schema: promoteSchema }) { reason }: z.infer<typeof promoteSchema>,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<DeploymentView> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    return toDeploymentView(await this.deployments.promote({ assistantId, version, actor, reason }));
  }

  @Post('assistants/:slug/rollback')
  @Endpoint({
    access: 'operator',
    summary: 'Go back to an earlier version',
    answer: deploymentSchema,
    failures: FAILURES,
  })
  async rollback(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Body({ schema: rollbackSchema }) { toVersion, reason }: z.infer<typeof rollbackSchema>,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<DeploymentView> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    return toDeploymentView(await this.deployments.rollback({ assistantId, toVersion, actor, reason }));
  }
}
