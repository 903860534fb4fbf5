// The widget as it will look, drawn here rather than run: a preview must begin no conversation.
import { useComputedColorScheme } from '@mantine/core';
import type { CSSProperties } from 'react';
import type { Assistant } from '../../api/schemas/assistants.js';
import type { WidgetSettings } from '../../api/schemas/prompts.js';
import './widget-preview.css';

const OWN = { light: '#4338ca', dark: '#a5b4fc' };
const COLOUR = /^#[0-9a-f]{6}$/i;

/** What a customer says in the picture, and reads in the field, by language. */
const WORDS: Record<string, { hello: string; field: string }> = {
  en: { hello: 'Hello!', field: 'Write a message…' },
  de: { hello: 'Hallo!', field: 'Nachricht schreiben …' },
  fr: { hello: 'Bonjour !', field: 'Écrivez un message…' },
  es: { hello: '¡Hola!', field: 'Escriba un mensaje…' },
  ja: { hello: 'こんにちは。', field: 'メッセージを入力…' },
  ar: { hello: 'مرحبًا!', field: 'اكتب رسالة…' },
};
const ENGLISH = { hello: 'Hello!', field: 'Write a message…' };

interface WidgetPreviewProps {
  widget: WidgetSettings;
  assistant: Assistant | undefined;
}

export function WidgetPreview({ widget, assistant }: WidgetPreviewProps) {
  const own = useComputedColorScheme('light');
  const scheme = widget.theme ?? own;
  const locale = widget.locale ?? 'en';
  const isRtl = locale === 'ar';
  const side = widget.position ?? (isRtl ? 'left' : 'right');
  const accent = accentOf(widget, scheme);
  const { hello, field } = WORDS[locale] ?? ENGLISH;
  const colours = { '--accent': accent, '--on-accent': readableOn(accent) } as CSSProperties;
  return (
    <div className="widget-preview" data-scheme={scheme} data-side={side} style={colours}>
      <div className="widget-panel" dir={isRtl ? 'rtl' : 'ltr'} lang={locale}>
        <div className="widget-head">{widget.title ?? assistant?.name ?? 'Chat'}</div>
        <div className="widget-said">{widget.greeting ?? assistant?.greeting}</div>
        <div className="widget-said widget-mine">{hello}</div>
        <div className="widget-field">{field}</div>
      </div>
      <div className="widget-launcher" aria-hidden>
        <svg viewBox="0 0 24 24" width="26" height="26" fill="none" stroke="currentColor" strokeWidth="1.9">
          <path d="M5 4.5h14A2.5 2.5 0 0 1 21.5 7v8.5A2.5 2.5 0 0 1 19 18h-6.2L8 21.6V18H5a2.5 2.5 0 0 1-2.5-2.5V7A2.5 2.5 0 0 1 5 4.5ZM7.5 9.4h9M7.5 13.2h5.5" />
        </svg>
      </div>
    </div>
  );
}

/** The colour as the widget takes it; while one is half typed, the widget's own. */
function accentOf({ accent, accentDark }: WidgetSettings, scheme: 'light' | 'dark'): string {
  const [first, second] = scheme === 'light' ? [accent, accentDark] : [accentDark, accent];
  return [first, second].find((colour) => colour !== null && COLOUR.test(colour)) ?? OWN[scheme];
}

/** Black or white, whichever has the higher contrast on a colour: as the service chooses it. */
function readableOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? '#000000' : '#ffffff';
}

const linear = (channel: number) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
