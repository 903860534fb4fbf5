// What people and machines that run the service look at: health, metrics, the log of requests.
import { MiddlewareConsumer, Module, NestModule } from '@nestjs/common';
import { AdaptersModule } from '../adapters/adapters.module.js';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { InferenceModule } from '../inference/inference.module.js';
import { AuditController } from './audit.controller.js';
import { DemoController } from './demo.controller.js';
import { DemoLearning } from './demo-learning.js';
import { HealthController } from './health.controller.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { Readiness } from './readiness.js';
import { RequestLog } from './request-log.js';
import { ServiceHealthController } from './service-health.controller.js';
import { ServiceHealthReport } from './service-health.js';

@Module({
  imports: [AdaptersModule, InferenceModule, AssistantsModule],
  controllers: [HealthController, MetricsController, DemoController, AuditController, ServiceHealthController],
  providers: [Readiness, Metrics, RequestLog, DemoLearning, ServiceHealthReport],
})
export class OperationsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RequestLog).forRoutes('{*path}');
  }
}
