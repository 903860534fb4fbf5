// REST of "teach now": an agent has a correction learnt at once.
import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, type Actor } from '../access/actor.js';
import { Endpoint } from '../access/endpoint.js';
import { correctionIdSchema, toTrainingRunView, trainingRunSchema, type TrainingRunView } from './learning.schema.js';
import { RunRequests } from './runs/run-requests.js';

@ApiTags('training runs')
@Controller('api/v1/corrections/:id')
export class TeachingController {
  constructor(private readonly requests: RunRequests) {}

  @Post('teach')
  @Endpoint({
    access: 'agent',
    of: 'correction',
    summary: 'Teach a correction now',
    description:
      'For: agent. A short training run on this correction and a little of what was learnt earlier, judged by the gate in its quick form. It goes before runs that wait; while another run of the assistant is under way it is `queued`. A correction that waits already gives the same run again.',
    status: 202,
    answer: trainingRunSchema,
    failures: {
      404: 'There is no such correction (`learning.correction_not_found`).',
      409: 'It is not for training, was replaced by a newer one or is held back (`learning.nothing_to_teach`), or too many wait (`learning.too_many_waiting`).',
    },
  })
  async teach(
    @Param('id', { schema: correctionIdSchema }) id: string,
    @CurrentActor() { name }: Actor,
  ): Promise<TrainingRunView> {
    return toTrainingRunView(await this.requests.teach(id, name));
  }
}
