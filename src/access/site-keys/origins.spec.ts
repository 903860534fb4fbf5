// Holds what an allow-list lets in, above all what only looks like an allowed website.
import { describe, expect, it } from '@jest/globals';
import { isOriginAllowed, originSchema } from './origins.js';

const SHOP = ['https://shop.example', 'https://*.brand.example', 'http://localhost:5173'];

describe('isOriginAllowed', () => {
  it.each([
    ['https://shop.example', true],
    ['HTTPS://Shop.Example', true],
    ['https://www.brand.example', true],
    ['https://a.b.brand.example', true],
    ['http://localhost:5173', true],
    ['http://shop.example', false],
    ['https://shop.example:8443', false],
    ['https://www.shop.example', false],
    ['https://brand.example', false],
    ['https://.brand.example', false],
    ['https://evilbrand.example', false],
    ['https://www.brand.example.evil.test', false],
    ['https://shop.example.evil.test', false],
    ['http://localhost:5174', false],
    ['null', false],
    ['', false],
  ])('%s: %s', (origin, allowed) => expect(isOriginAllowed(SHOP, { origin })).toBe(allowed));

  it('lets every page in where nothing is listed', () => {
    expect(isOriginAllowed([], { origin: 'https://anywhere.test' })).toBe(true);
    expect(isOriginAllowed([], {})).toBe(true);
  });

  it('lets our own pages in, also where their browser says no origin, and nobody else without one', () => {
    expect(isOriginAllowed(SHOP, { origin: 'https://retune.test:3000', host: 'Retune.test:3000' })).toBe(true);
    expect(isOriginAllowed(SHOP, { fetchSite: 'same-origin' })).toBe(true);
    expect(isOriginAllowed(SHOP, { fetchSite: 'cross-site' })).toBe(false);
    expect(isOriginAllowed(SHOP, {})).toBe(false);
  });
});

describe('originSchema', () => {
  it.each([
    ['https://shop.example', 'https://shop.example'],
    [' HTTPS://Shop.Example/ ', 'https://shop.example'],
    ['https://*.shop.example', 'https://*.shop.example'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('takes %s', (text, origin) => expect(originSchema.parse(text)).toBe(origin));

  it.each([
    'shop.example',
    'https://shop.example/path',
    'https://',
    'https://*',
    'https://*.',
    'https://a.*.example',
    'ftp://shop.example',
    'https://shop.example:443',
    'http://shop.example:80',
    'https://shop.example:99999',
    'https://user@shop.example',
    'javascript://shop.example',
    '*',
    'null',
    '',
  ])('refuses %s', (text) => expect(originSchema.safeParse(text).success).toBe(false));
});
