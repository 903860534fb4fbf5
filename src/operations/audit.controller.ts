// REST of the audit: who did what, to what, and why.
import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { AccessError } from '../access/access-error.js';
import { CurrentActor, type Actor } from '../access/actor.js';
import { searchAudit } from '../access/audit/audit-search.js';
import { Endpoint } from '../access/endpoint.js';
import { toDeploymentView } from '../adapters/adapters.schema.js';
import { Deployments } from '../adapters/deployments.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import { auditQuerySchema, auditSchema, toAuditEntryView } from './audit.schema.js';

@ApiTags('operations')
@Controller('api/v1/audit')
export class AuditController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly deployments: Deployments,
    private readonly database: DataSource,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    of: 'any',
    summary: 'Look through the audit, newest first',
    answer: auditSchema,
    failures: { 404: 'There is no such assistant.' },
  })
  async search(
    @Query({ schema: auditQuerySchema }) { assistant, ...search }: z.infer<typeof auditQuerySchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof auditSchema>> {
    const wanted = assistant === undefined ? undefined : await this.assistants.bySlug(assistant);
    if (wanted && !actor.may('operator', wanted.id)) {
      throw new AccessError('access.role_missing', 'This needs the role operator for this assistant.', 'forbidden');
    }
    const of = wanted ? [wanted.id] : actor.assistantIds('operator');
    const entries = await searchAudit(this.database, { ...search, of });
    const slugs = new Map((await this.assistants.list()).map(({ id, slug }) => [id, slug]));
    const deployments = wanted ? await this.deployments.history(wanted.id, search.limit) : [];
    return {
      deployments: deployments.map(toDeploymentView),
      entries: entries.map((entry) => toAuditEntryView(entry, slugs)),
      next: entries.length === search.limit ? (entries.at(-1)?.id ?? null) : null,
    };
  }
}
