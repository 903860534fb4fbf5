// Assistants and their prompt versions, for everybody who serves, teaches or operates one.
import { Module } from '@nestjs/common';
import { AssistantsController } from './assistants.controller.js';
import { AssistantsService } from './assistants.service.js';

@Module({ controllers: [AssistantsController], providers: [AssistantsService], exports: [AssistantsService] })
export class AssistantsModule {}
