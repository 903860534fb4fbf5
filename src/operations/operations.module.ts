// What people and machines that run the service look at: health, metrics.
import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';

@Module({ controllers: [HealthController] })
export class OperationsModule {}
