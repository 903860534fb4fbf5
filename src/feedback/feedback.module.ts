// Ratings and corrections, and the examples made from them.
import { Module } from '@nestjs/common';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { AnswerPanelController } from './answer-panel/answer-panel.controller.js';
import { AnswerPanel } from './answer-panel/answer-panel.js';
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
import { FeedbackPool } from './pool/pool.js';
import { QuarantineController } from './quarantine/quarantine.controller.js';
import { Quarantine } from './quarantine/quarantine.js';
import { Raters } from './rater.js';
import { RatingsService } from './ratings.service.js';
import { ReviewDecisions } from './review/review-decisions.js';
import { ReviewsController } from './review/reviews.controller.js';
import { Reviews } from './review/reviews.js';
import { Slices } from './slices.js';
import { Votes } from './votes/votes.js';

@Module({
  imports: [AssistantsModule],
  controllers: [
    ...[AnswerPanelController, FeedbackController, ExamplesController],
    ...[QuarantineController, LineageController, CustomersController, ReviewsController],
  ],
  providers: [
    AnswerPanel,
    RatingsService,
    CorrectionsService,
    CorrectionEvents,
    Intake,
    Raters,
    Examples,
    ExampleEvents,
    FeedbackPool,
    RatingEvents,
    Reviews,
    ReviewDecisions,
    Votes,
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
    Votes,
  ],
})
export class FeedbackModule {}
