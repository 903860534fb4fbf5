// Holds that the customer's own country counts, whatever countries the operator named.
import { describe, expect, it } from '@jest/globals';
import { redact } from './redact.js';
import { redactionOptions } from './redaction-options.js';

const environment = { INTAKE_COUNTRIES: ['US' as const], INTAKE_ALLOW: [] };
const said = (locale: string | null) =>
  redact(
    'I wrote from 090-1234-5678 on Monday.',
    redactionOptions(environment, { instructions: '', fewShot: [] }, locale),
  );

describe('redactionOptions', () => {
  it('recognise a number as the customer’s country writes it', () => {
    expect(said('ja-JP')).toBe('I wrote from [phone] on Monday.');
    expect(said(null)).toBe('I wrote from 090-1234-5678 on Monday.');
  });
});
