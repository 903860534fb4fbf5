// REST of machines' keys, for administrators of all assistants.
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../actor.js';
import { Endpoint } from '../endpoint.js';
import { Sessions } from '../sessions.js';
import { ApiKeys } from './api-keys.js';
import {
  apiKeyIdSchema,
  apiKeyListSchema,
  newApiKeyAnswerSchema,
  newApiKeySchema,
  revokeSchema,
  type NewApiKey,
} from './api-keys.schema.js';

@ApiTags('access')
@Controller('api/v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly sessions: Sessions,
  ) {}

  @Get()
  @Endpoint({ access: 'admin', of: 'all', summary: "List machines' keys, newest first", answer: apiKeyListSchema })
  async list(): Promise<z.infer<typeof apiKeyListSchema>> {
    return { apiKeys: await this.keys.list() };
  }

  @Post()
  @Endpoint({
    access: 'admin',
    of: 'all',
    summary: 'Make a key for a machine; it is shown this once',
    status: 201,
    answer: newApiKeyAnswerSchema,
  })
  create(
    @Body({ schema: newApiKeySchema }) { reason, ...wanted }: NewApiKey,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof newApiKeyAnswerSchema>> {
    return this.keys.create({ ...wanted, reason }, { actor, reason });
  }

  @Delete(':id')
  @Endpoint({ access: 'admin', of: 'all', summary: 'Revoke a key', failures: { 404: 'There is no such key.' } })
  async revoke(
    @Param('id', { schema: apiKeyIdSchema }) id: string,
    @Body({ schema: revokeSchema }) { reason }: z.infer<typeof revokeSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.keys.revoke(id, { actor, reason });
    this.sessions.forget();
  }
}
