// Tells whoever listens in this process that examples were added, so that feedback needn't know who learns from them.
import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';

/** Emitted after the transaction that added the example was committed. */
export interface ExampleAdded {
  assistantId: string;
  exampleId: string;
}

@Injectable()
export class ExampleEvents {
  readonly added$ = new Subject<ExampleAdded>();
}
