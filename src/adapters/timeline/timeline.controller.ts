// REST of the timeline: what happened, and who served at any moment.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Timeline } from './timeline.js';
import {
  servedQuerySchema,
  servedSchema,
  timelineQuerySchema,
  timelineSchema,
  toBandView,
  toMarkerView,
} from './timeline.schema.js';

const UNKNOWN = { 404: 'There is no such assistant.' };

@ApiTags('adapters')
@Controller('api/v1/assistants/:slug/timeline')
export class TimelineController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly timeline: Timeline,
  ) {}

  @Get()
  @Endpoint({
    access: 'operator',
    summary: 'Who served when, and every run, gate, promotion and rollback with who and why',
    answer: timelineSchema,
    failures: UNKNOWN,
  })
  async show(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Query({ schema: timelineQuerySchema }) window: z.infer<typeof timelineQuerySchema>,
  ): Promise<z.infer<typeof timelineSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    const { bands, markers } = await this.timeline.between(id, window);
    return {
      from: window.from.toISOString(),
      to: window.to.toISOString(),
      bands: bands.map(toBandView),
      markers: markers.map(toMarkerView),
    };
  }

  @Get('served')
  @Endpoint({ access: 'operator', summary: 'Who served at a moment', answer: servedSchema, failures: UNKNOWN })
  async served(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Query({ schema: servedQuerySchema }) { at }: z.infer<typeof servedQuerySchema>,
  ): Promise<z.infer<typeof servedSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    const { champion, canary } = await this.timeline.servedAt(id, at);
    return { at: at.toISOString(), championVersion: champion, canary: canary && toBandView(canary) };
  }
}
