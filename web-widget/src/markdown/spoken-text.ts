// Markdown as one would read it aloud: without its marks, links by their text, table cells apart.

const MARKS: [RegExp, string][] = [
  [/```\w*\n?/g, ''],
  [/!?\[([^\]]*)\]\([^)]*\)/g, '$1'],
  [/^[ \t]*\|?[ \t:|-]*-{3,}[ \t:|-]*$/gm, ''],
  [/^[ \t]*([#>]+|[-*+])[ \t]+/gm, ''],
  [/[ \t]*\|[ \t]*/g, ', '],
  [/^, |, $/gm, ''],
  [/(\*\*|__|~~|`)/g, ''],
  [/(^|[^\w*])[*_](\S[^*_\n]*)[*_]/g, '$1$2'],
  [/\n{2,}/g, '\n'],
];

/** The text of an answer for a screen reader, the clipboard and the transcript file. */
export const spokenText = (markdown: string): string =>
  MARKS.reduce((text, [mark, instead]) => text.replace(mark, instead), markdown).trim();
