// Recall and precision of the recognisers on a corpus, and the promises of `redact`: typed, final, never more than once.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { NEGATIVE, POSITIVE } from './redact.corpus.js';
import { findPersonalData, redact } from './redact.js';

describe('the corpus', () => {
  it('is large enough to say something', () => {
    expect(POSITIVE.length).toBeGreaterThanOrEqual(80);
    expect(NEGATIVE.length).toBeGreaterThanOrEqual(60);
  });

  it('is found whole, under the right kind', () => {
    const wrong = POSITIVE.filter(({ text, kinds, hidden }) => {
      const found = findPersonalData(text);
      const isHidden = hidden.every((part) => !redact(text).includes(part));
      return found.map(({ kind }) => kind).join() !== kinds.join() || !isHidden;
    });
    expect(wrong.map(({ text }) => [text, redact(text)])).toEqual([]);
  });

  it('has no finding in real questions to a bank', () => {
    const questions = readFileSync('test/fixtures/banking77-sample.csv', 'utf8').trim().split('\n');
    expect(questions.length).toBeGreaterThan(100);
    expect(questions.filter((question) => redact(question) !== question)).toEqual([]);
  });

  it('has no finding where there is nothing', () => {
    expect(NEGATIVE.filter((text) => redact(text) !== text).map((text) => [text, redact(text)])).toEqual([]);
  });
});

describe('redact', () => {
  it('says the kind and keeps the sentence', () => {
    const text = 'My name is Ada Lovelace, card 4012888888881881, write to ada@example.org.';
    expect(redact(text)).toBe('My name is [name], card [card], write to [email].');
    expect(
      findPersonalData(text).map(({ start, end, text: found }) => [text.slice(start, end) === found, start]),
    ).toEqual([11, 30, 57].map((start) => [true, start]));
  });

  it('changes nothing more the second time', () => {
    const twice = POSITIVE.map(({ text }) => redact(text)).filter((once) => redact(once) !== once);
    expect(twice).toEqual([]);
  });

  it('keeps what the company says publicly, and only that', () => {
    const allowed = ['You are the assistant of Acme, phone 030 1234567, Hauptstraße 12, 10115 Berlin.', '@acme.com'];
    const kept = 'Call 030/1234567, write to help@acme.com or come to Hauptstraße 12, 10115 Berlin.';
    expect(redact(kept, { allowed })).toBe(kept);
    expect(redact('Call 030/1234568 or write to acme@evil.com', { allowed })).toBe('Call [phone] or write to [email]');
    expect(redact('CVC 123', { allowed })).toBe('CVC [card]');
    expect(redact('Dear Mr Berl, hi', { allowed })).toBe('Dear Mr [name], hi');
  });

  it('knows the national numbers of the countries it is told', () => {
    expect(redact('Here: 02 1234 5678 is Rome', { countries: ['US'] })).toContain('02 1234');
    expect(redact('Here: 02 1234 5678 is Rome', { countries: ['US'], locale: 'it' })).toBe('Here: [phone] is Rome');
  });

  it.each([
    ['digits', '1'.repeat(8_000)],
    ['spaced digits', '1 '.repeat(4_000)],
    ['phone-like', '030 12345 '.repeat(800)],
    ['words', 'Abc '.repeat(2_000)],
    ['an endless word', 'a'.repeat(8_000)],
    ['dots', 'a.b.'.repeat(2_000)],
    ['numbered words', '12 Aa '.repeat(1_300)],
    ['at signs', 'a@a.'.repeat(2_000)],
    ['colons', 'a:'.repeat(4_000)],
    ['dashes', '-----BEGIN PRIVATE KEY'.repeat(360)],
    ['greetings', 'Hi Aa Mr '.repeat(880)],
    ['streets', 'Am Aa Bb rue de la '.repeat(420)],
  ])('takes no more than a moment for %s', (_name, text) => {
    const start = performance.now();
    redact(text);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
