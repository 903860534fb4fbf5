// What the launcher says, in the widget's languages; the panel's words come with the chat chunk (words/). Here is also which
// language is spoken.

export interface LauncherWords {
  open: string;
  close: string;
  failed: string;
  unread: string;
}

export type Language = 'en' | 'de' | 'fr' | 'es' | 'ja' | 'ar';

const row = (open: string, close: string, unread: string, failed: string): LauncherWords => ({
  ...{ open, close, unread, failed },
});

export const LAUNCHER_WORDS: Record<Language, LauncherWords> = {
  en: row('Open chat', 'Close chat', 'unread', 'The chat could not be loaded. Please try again.'),
  de: row(
    'Chat öffnen',
    'Chat schließen',
    'ungelesen',
    'Der Chat konnte nicht geladen werden. Bitte noch einmal versuchen.',
  ),
  fr: row('Ouvrir le chat', 'Fermer le chat', 'non lus', 'Le chat n’a pas pu être chargé. Veuillez réessayer.'),
  es: row('Abrir el chat', 'Cerrar el chat', 'sin leer', 'No se pudo cargar el chat. Inténtelo de nuevo.'),
  ja: row('チャットを開く', 'チャットを閉じる', '件の未読', 'チャットを読み込めませんでした。もう一度お試しください。'),
  ar: row('فتح المحادثة', 'إغلاق المحادثة', 'غير مقروءة', 'تعذّر تحميل المحادثة. حاول مرة أخرى.'),
};

/** The language that comes nearest to a BCP 47 tag; English when none does. */
export function languageOf(locale: string): Language {
  const language = locale.toLowerCase().split(/[-_]/)[0] ?? '';
  return language in LAUNCHER_WORDS ? (language as Language) : 'en';
}

export const isRightToLeft = (language: Language): boolean => language === 'ar';
