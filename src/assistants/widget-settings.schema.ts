// How the widget looks on a website: what operators set, and what the widget itself reads. Colours come with the one of black and
// white that is easier to read on them.
import { z } from 'zod';
import type { WidgetSettings } from '../database/entities/site-key.entity.js';

const KEY_CHARS_MAX = 100;
const TITLE_CHARS_MAX = 60;
const GREETING_CHARS_MAX = 1_000;
/** The languages that the widget speaks. */
const LOCALES = ['en', 'de', 'fr', 'es', 'ja', 'ar'] as const;

export const publicKeySchema = z.string().max(KEY_CHARS_MAX).describe('The public site key.');

const colour = z
  .string()
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, 'must be a colour such as #4338ca');
const ownText = (charsMax: number) => z.string().trim().min(1).max(charsMax).nullable().default(null);

export const widgetSettingsSchema = z.strictObject({
  title: ownText(TITLE_CHARS_MAX).describe("Over the chat; null: the assistant's name."),
  greeting: ownText(GREETING_CHARS_MAX).describe("Its first words; null: the assistant's."),
  accent: colour.nullable().default(null).describe("Brand colour, `#rrggbb`; null: the widget's own."),
  accentDark: colour.nullable().default(null).describe('The same on dark surfaces; null: as `accent`.'),
  theme: z.enum(['light', 'dark']).nullable().default(null).describe("Null: the visitor's preference."),
  position: z.enum(['left', 'right']).nullable().default(null).describe("Null: where the language's lines end."),
  locale: z.enum(LOCALES).nullable().default(null).describe("Null: the page's language, else the browser's."),
});

const shade = z.string().nullable();

/** What anybody may see, for it is what the widget shows. */
export const widgetLooksSchema = widgetSettingsSchema.pick({ theme: true, position: true, locale: true }).extend({
  accentLight: shade,
  accentDark: shade,
  onAccentLight: shade.describe('Text on `accentLight`.'),
  onAccentDark: shade,
});
export type WidgetLooks = z.infer<typeof widgetLooksSchema>;

/** The settings with their defaults. What was stored under rules of another day is left out rather than refused. */
export function toWidgetSettings(stored: Partial<WidgetSettings>): z.infer<typeof widgetSettingsSchema> {
  const read = widgetSettingsSchema.safeParse(stored);
  return read.success ? read.data : widgetSettingsSchema.parse({});
}

/** What the widget reads before it shows itself; title and greeting come with the conversation. */
export function toWidgetLooks(stored: Partial<WidgetSettings>): WidgetLooks {
  const { accent, accentDark, theme, position, locale } = toWidgetSettings(stored);
  const [light, dark] = [accent ?? accentDark, accentDark ?? accent];
  return {
    ...{ theme, position, locale, accentLight: light, accentDark: dark },
    onAccentLight: light && readableOn(light),
    onAccentDark: dark && readableOn(dark),
  };
}

/** Black or white, whichever has the higher contrast (WCAG 2.2, relative luminance) on a colour. */
export function readableOn(accent: string): '#000000' | '#ffffff' {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(parseInt(accent.slice(at, at + 2), 16) / 255));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? '#000000' : '#ffffff';
}

/** A channel of sRGB without its gamma. */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
