// Colours one can read, and settings from another day.
import { describe, expect, it } from '@jest/globals';
import { readableOn, toWidgetLooks, toWidgetSettings, widgetSettingsSchema } from './widget-settings.schema.js';

describe('readableOn', () => {
  it.each([
    ['#ffffff', '#000000'],
    ['#000000', '#ffffff'],
    ['#4338ca', '#ffffff'],
    ['#ffd400', '#000000'],
    // The two are nearly alike there: 4.54 to 4.63.
    ['#767676', '#000000'],
  ])('on %s is %s', (colour, expected) => expect(readableOn(colour)).toBe(expected));
});

describe('widget settings', () => {
  it('have one colour for both schemes unless two are set', () => {
    expect(toWidgetLooks({ accent: '#4338ca' })).toMatchObject({
      ...{ accentLight: '#4338ca', accentDark: '#4338ca' },
      ...{ onAccentLight: '#ffffff', onAccentDark: '#ffffff' },
    });
    expect(toWidgetLooks({ accent: '#4338ca', accentDark: '#a5b4fc' })).toMatchObject({
      ...{ accentLight: '#4338ca', accentDark: '#a5b4fc' },
      ...{ onAccentLight: '#ffffff', onAccentDark: '#000000' },
    });
    expect(toWidgetLooks({})).toMatchObject({ accentLight: null, onAccentDark: null, theme: null });
  });

  it('that no longer hold are left out rather than refused', () => {
    expect(toWidgetSettings({ locale: 'tlh' })).toMatchObject({ locale: null, title: null });
  });

  it.each([
    { accent: 'red' },
    { accent: '#fff' },
    { accent: 'url(x)' },
    { locale: 'xx' },
    { title: ' ' },
    { css: 'x' },
  ])('refuse %j', (settings) => expect(widgetSettingsSchema.safeParse(settings).success).toBe(false));
});
