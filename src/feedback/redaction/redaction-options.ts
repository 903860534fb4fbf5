// What is public for an assistant: what the operator allowed, and what the company itself says in instructions and worked examples.
import type { Instructions } from '../../assistants/prompt.js';
import type { Environment } from '../../config/environment.js';
import type { RedactionOptions } from './personal-data.js';

/** Options to redact what was said under a prompt version. @param locale the customer's, where their browser said one */
export function redactionOptions(
  environment: Pick<Environment, 'INTAKE_COUNTRIES' | 'INTAKE_ALLOW'>,
  { instructions, fewShot }: Instructions,
  locale: string | null,
): RedactionOptions {
  const own = [instructions, ...fewShot.flatMap(({ question, answer }) => [question, answer])];
  const countries = environment.INTAKE_COUNTRIES;
  return { countries, locale: locale ?? undefined, allowed: [...environment.INTAKE_ALLOW, ...own] };
}
