// A run's report as Markdown. Whatever customers, agents or a model wrote is escaped: it is text, never markup.
import type { ChangedItem, RunReport } from './run-report.js';

/** Longest question or answer shown, in characters; the JSON has all of it. */
const TEXT_CHARS_MAX = 300;

/** @param picture address of the loss picture, relative to the report */
export function reportMarkdown(report: RunReport, picture: string): string {
  const { runId, mode, verdict, summary, learnt, lost, worse, cost, training } = report;
  return [
    `# ${mode === 'micro' ? 'Teaching a correction' : 'Training run'} ${runId}`,
    escaped(verdict),
    ...(summary ? [`The gate's words: ${escaped(summary)}`] : []),
    '## What was learnt',
    table(learnt, 'Nothing that was asked became right.'),
    '## What might be worse',
    bullets(worse, 'Nothing was seen to be worse.'),
    ...(lost.length > 0 ? ['Questions that became wrong:', table(lost, '')] : []),
    '## What it cost',
    bullets(cost, 'Not known yet.'),
    '## From what it learnt',
    bullets(exampleLines(report), 'Not known yet.'),
    '## How it was trained',
    bullets(training, 'It was not trained to an end.'),
    ...(report.lossCurve.length > 1 ? [`![The loss over the steps](${picture})`] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

function exampleLines({ examples, snapshotSha256 }: RunReport): string[] {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const lines = examples
    ? [
        `${examples.train} examples (${list(examples.byGroup)}); ${examples.heldOut} questions were kept for the gate.`,
        `By sort: ${list(examples.byKind)}.`,
        `By kind of question: ${list(examples.bySlice)}.`,
      ]
    : [];
  return snapshotSha256 ? [...lines, `Snapshot SHA-256: ${snapshotSha256}`] : lines;
}

const bullets = (lines: readonly string[], none: string) =>
  lines.length > 0 ? lines.map((line) => `- ${escaped(line)}`).join('\n') : none;

function table(items: readonly ChangedItem[], none: string): string {
  if (items.length === 0) return none;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['Question', 'Before', 'After']),
    row(['---', '---', '---']),
    ...items.map(({ question, before, after }) => row([question, before, after].map(cell))),
  ].join('\n');
}

const cell = (text: string) => escaped(text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX - 1)}…` : text);

/** Markdown's and HTML's own characters lose their meaning; line breaks become spaces. */
export function escaped(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#|~!]/g, '\\$&')
    .replaceAll(/(^|\s)([-+]|\d+\.)(?=\s)/g, '$1\\$2')
    .replaceAll(/\b(https?|ftp|www)(?=[:.])/gi, '$1&#8203;')
    .trim();
}
