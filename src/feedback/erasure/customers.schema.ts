// The shapes of erasing a customer over REST.
import { z } from 'zod';

const CUSTOMER_CHARS_MAX = 200;
export const customerIdSchema = z
  .string()
  .min(1)
  .max(CUSTOMER_CHARS_MAX)
  .describe("An anonymous customer's is their conversation's.");
export const erasedSchema = z.object({
  conversations: z.int(),
  messages: z.int(),
  ratings: z.int(),
  corrections: z.int(),
  examples: z.int(),
  versions: z
    .int()
    .describe('Adapter versions that learnt from them, or whose parents did; `erasedExamples` marks them.'),
});
