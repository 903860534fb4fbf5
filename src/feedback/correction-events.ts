// Tells whoever listens in this process of new corrections, so that feedback needn't know who remembers them.
import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';

/** Emitted after the transaction that wrote the correction was committed. */
export interface CorrectionMade {
  correctionId: string;
  assistantId: string;
  messageId: string;
}

@Injectable()
export class CorrectionEvents {
  readonly made$ = new Subject<CorrectionMade>();
}
