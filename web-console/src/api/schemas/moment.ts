// A moment as it comes over the wire.
import * as z from 'zod/mini';

export const moment = z.pipe(
  z.string(),
  z.transform((text) => new Date(text)),
);
