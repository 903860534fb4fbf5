// Tells whoever listens in this process that a rating was set, changed or taken back.
import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';

/** Emitted after the rating was committed. */
export interface RatingChanged {
  assistantId: string;
  messageId: string;
}

@Injectable()
export class RatingEvents {
  readonly changed$ = new Subject<RatingChanged>();
}
