// Ratings and corrections, and the examples made from them.
import { Module } from '@nestjs/common';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { CorrectionEvents } from './correction-events.js';
import { CorrectionsService } from './corrections.service.js';
import { CustomerErasures } from './erasure/customer-erasures.js';
import { CustomersController } from './erasure/customers.controller.js';
import { ExampleEvents } from './example-events.js';
import { ExamplesController } from './examples.controller.js';
import { Examples } from './examples.service.js';
import { FeedbackController } from './feedback.controller.js';
import { Intake } from './intake.js';
import { RatingEvents } from './rating-events.js';
import { LineageController } from './lineage/lineage.controller.js';
import { Lineages } from './lineage/lineages.js';
import { QuarantineController } from './quarantine/quarantine.controller.js';
import { Quarantine } from './quarantine/quarantine.js';
import { Raters } from './rater.js';
import { RatingsService } from './ratings.service.js';
import { Slices } from './slices.js';

@Module({
  imports: [AssistantsModule],
  controllers: [FeedbackController, ExamplesController, QuarantineController, LineageController, CustomersController],
  providers: [
    RatingsService,
    CorrectionsService,
    CorrectionEvents,
    Intake,
    Raters,
    Examples,
    ExampleEvents,
    RatingEvents,
    Quarantine,
    Slices,
    Lineages,
    CustomerErasures,
  ],
  exports: [
    RatingsService,
    CorrectionsService,
    CorrectionEvents,
    Examples,
    ExampleEvents,
    RatingEvents,
    CustomerErasures,
  ],
})
export class FeedbackModule {}
