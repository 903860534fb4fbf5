// Assistants and their prompt versions, for everybody who serves, teaches or operates one.
import { Module } from '@nestjs/common';
import { AssistantsController } from './assistants.controller.js';
import { AssistantsService } from './assistants.service.js';
import { SiteKeysController } from './site-keys.controller.js';
import { WidgetSettingsController } from './widget-settings.controller.js';

@Module({
  controllers: [AssistantsController, SiteKeysController, WidgetSettingsController],
  providers: [AssistantsService],
  exports: [AssistantsService],
})
export class AssistantsModule {}
