// What the demo page asks for: it needs no token, for whoever sees the page may see this.
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../access/endpoint.js';
import { DemoLearning, demoLearningSchema, type DemoLearningView } from './demo-learning.js';

@ApiTags('operations')
@Controller('api/v1/demo')
export class DemoController {
  constructor(private readonly learning: DemoLearning) {}

  @Get('learning')
  @Endpoint({
    access: 'public',
    summary: "What the demo page's assistant has learnt, in counts",
    answer: demoLearningSchema,
    failures: { 404: "The demo's assistant was deleted." },
  })
  view(): Promise<DemoLearningView> {
    return this.learning.view();
  }
}
