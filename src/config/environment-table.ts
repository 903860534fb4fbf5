// The README's configuration table, made from the schema that parses the environment, so that it can't be out of date.
import { z } from 'zod';
import { environmentSchema } from './environment.js';

const START = '<!-- config:start -->';
const END = '<!-- config:end -->';

/** All variables with their default and description, as a Markdown table; the same on every machine. */
export function environmentTable(): string {
  const rows = Object.entries(environmentSchema.shape).map(([name, field]) => {
    const { description = '', shownDefault } = field.meta() ?? {};
    const byDefault = typeof shownDefault === 'string' ? shownDefault : defaultOf(field);
    return `| \`${name}\` | ${byDefault} | ${description.replaceAll('|', '\\|')} |`;
  });
  return ['| Variable | Default | What it is for |', '|---|---|---|', ...rows].join('\n');
}

/**
 * The document with the table between its two marks.
 * @throws Error when a mark is missing
 */
export function withEnvironmentTable(document: string): string {
  const [before, rest] = document.split(START);
  const [, after] = (rest ?? '').split(END);
  if (before === undefined || after === undefined) throw new Error(`The document needs ${START} and ${END}.`);
  return `${before}${START}\n${environmentTable()}\n${END}${after}`;
}

function defaultOf(field: z.ZodType): string {
  const { data: value } = field.safeParse(undefined);
  if (Array.isArray(value)) return value.length > 0 ? `\`${value.join(',')}\`` : '';
  return ['string', 'number', 'boolean'].includes(typeof value) ? `\`${value as string}\`` : '';
}
