// Tells whoever listens in this process that a customer was erased, so that what was made of their texts elsewhere goes, too. Other
// processes hear the channel, or look into the table `customer_erasures` when they start.
import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';

/** Channel of `NOTIFY`; the payload is JSON: the id of the row in `customer_erasures`. */
export const ERASURE_CHANNEL = 'retune_customer_erased';

/** Emitted after the erasure was committed. */
export interface CustomerErasure {
  customerId: string;
  conversationIds: string[];
  messageIds: string[];
  exampleIds: string[];
}

@Injectable()
export class CustomerErasures {
  readonly erased$ = new Subject<CustomerErasure>();
}
