// A snapshot's text without some of its examples. Lines are judged by their id alone, so that snapshots of every age are understood.
import { z } from 'zod';

const lineSchema = z.looseObject({ id: z.string().optional(), erased: z.number().int().optional() });

/** The text without the lines of these examples; its first line counts in `erased` how many have gone since it was written. */
export function withoutLines(text: string, exampleIds: ReadonlySet<string>): { text: string; removed: number } {
  const [first = '{}', ...lines] = text.trimEnd().split('\n');
  const kept = lines.filter((line) => !exampleIds.has(lineSchema.parse(JSON.parse(line)).id ?? ''));
  const removed = lines.length - kept.length;
  if (removed === 0) return { text, removed };
  const { erased = 0, ...header } = lineSchema.parse(JSON.parse(first));
  const marked = JSON.stringify({ ...header, erased: erased + removed });
  return { text: [marked, ...kept, ''].join('\n'), removed };
}
