// REST of one version: everything that explains it.
import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { versionTextSchema } from '../../config/version-number.js';
import { Runtime } from '../../config/runtime.js';
import { VersionDetailsReader } from './version-details.js';
import { toVersionDetailsView, versionDetailsSchema, type VersionDetailsView } from './version-details.schema.js';

@ApiTags('adapters')
@Controller('api/v1/assistants/:slug/adapter-versions/:version')
export class VersionsController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly details: VersionDetailsReader,
    private readonly runtime: Runtime,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: 'A version: lineage, examples, training, gate report, cost, and how it did',
    answer: versionDetailsSchema,
    failures: { 404: 'There is no such assistant or version.' },
  })
  async show(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('version', { schema: versionTextSchema }) version: number,
  ): Promise<VersionDetailsView> {
    const { id, championVersion } = await this.assistants.bySlug(slug);
    return toVersionDetailsView(await this.details.of(id, version), championVersion, this.runtime.modelSha256);
  }
}
