// REST of rollouts: let a candidate answer a share of conversations, see how it does, and decide.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { slugSchema } from '../../assistants/assistants.schema.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { versionTextSchema } from '../../config/version-number.js';
import { Runtime } from '../../config/runtime.js';
import { Rollouts } from './rollouts.js';
import {
  orderReasonSchema,
  rolloutDetailSchema,
  rolloutIdSchema,
  rolloutListSchema,
  rolloutOrderSchema,
  rolloutSchema,
  startRolloutSchema,
  toRolloutDetail,
  toRolloutView,
} from './rollouts.schema.js';

type RolloutView = z.infer<typeof rolloutSchema>;

const UNKNOWN = { 404: 'There is no such assistant, version or rollout.' };
const STEPS = [5, 25, 100].map((percent) => ({ percent, manual: false }));

@ApiTags('rollouts')
@Controller('api/v1/assistants/:slug')
export class RolloutsController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly rollouts: Rollouts,
    private readonly runtime: Runtime,
  ) {}

  @Post('adapter-versions/:version/canary')
  @Endpoint({
    access: 'operator',
    summary: 'Let a candidate answer a share of new conversations',
    answer: rolloutSchema,
    status: 201,
    failures: { ...UNKNOWN, 409: 'It is no candidate, it failed its probe, or another version is on canary.' },
  })
  async start(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('version', { schema: versionTextSchema }) version: number,
    @Body({ schema: startRolloutSchema }) { steps, manual, reason }: z.infer<typeof startRolloutSchema>,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<RolloutView> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    const wanted = steps ?? this.runtime.environment.CANARY_STEPS ?? STEPS;
    const gated = wanted.map((step) => ({ ...step, manual: manual ?? step.manual }));
    return toRolloutView(await this.rollouts.start({ assistantId, version, steps: gated, actor, reason }));
  }

  @Get('rollouts')
  @Endpoint({
    access: 'operator',
    summary: 'List rollouts, newest first',
    answer: rolloutListSchema,
    failures: UNKNOWN,
  })
  async list(@Param('slug', { schema: slugSchema }) slug: string): Promise<z.infer<typeof rolloutListSchema>> {
    const { id } = await this.assistants.bySlug(slug);
    return { rollouts: (await this.rollouts.list(id)).map(toRolloutView) };
  }

  @Get('rollouts/:id')
  @Endpoint({
    access: 'operator',
    summary: 'See how a canary does against the champion',
    answer: rolloutDetailSchema,
    failures: UNKNOWN,
  })
  async get(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: rolloutIdSchema }) id: string,
  ): Promise<z.infer<typeof rolloutDetailSchema>> {
    const assistant = await this.assistants.bySlug(slug);
    const { rollout, verdict } = await this.rollouts.judged(assistant.id, id);
    return toRolloutDetail(rollout, verdict, await this.rollouts.history(rollout));
  }

  @Post('rollouts/:id/:order')
  @Endpoint({
    access: 'operator',
    summary: 'Continue to the next step, pause, resume, promote or abort',
    answer: rolloutSchema,
    failures: { ...UNKNOWN, 409: 'It has ended, or is in a state in which this makes no sense.' },
  })
  async order(
    @Param('slug', { schema: slugSchema }) slug: string,
    @Param('id', { schema: rolloutIdSchema }) id: string,
    @Param('order', { schema: rolloutOrderSchema }) order: z.infer<typeof rolloutOrderSchema>,
    @Body({ schema: orderReasonSchema }) { reason }: z.infer<typeof orderReasonSchema>,
    @CurrentActor() { name: actor }: Actor,
  ): Promise<RolloutView> {
    const { id: assistantId } = await this.assistants.bySlug(slug);
    return toRolloutView(await this.rollouts.order(assistantId, id, order, { actor, reason }));
  }
}
