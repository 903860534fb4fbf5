// What people and machines that run the service look at: health, metrics, the log of requests.
import { MiddlewareConsumer, Module, NestModule } from '@nestjs/common';
import { InferenceModule } from '../inference/inference.module.js';
import { HealthController } from './health.controller.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { Readiness } from './readiness.js';
import { RequestLog } from './request-log.js';

@Module({
  imports: [InferenceModule],
  controllers: [HealthController, MetricsController],
  providers: [Readiness, Metrics, RequestLog],
})
export class OperationsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RequestLog).forRoutes('{*path}');
  }
}
