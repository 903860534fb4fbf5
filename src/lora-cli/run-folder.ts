// The output folder of a run: what it was told (run.json), how it went, its checkpoints, and the adapter. What is in run.json is
// enough to repeat the run.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../lora/atomic-write.js';
import { CliError } from './cli-error.js';

const fileSchema = z.object({ path: z.string(), sha256: z.string() });

const stepSchema = z.object({
  step: z.number().int(),
  loss: z.number().nullable(),
  learningRate: z.number(),
  gradientNorm: z.number().nullable(),
  tokensPerSecond: z.number(),
  heldOutLoss: z.number().nullable().optional(),
});
export type LoggedStep = z.infer<typeof stepSchema>;

const runSchema = z.object({
  retuneTrain: z.literal(1),
  status: z.enum(['running', 'done']),
  base: fileSchema,
  data: fileSchema,
  heldOut: fileSchema.nullable(),
  init: z.string().nullable(),
  /** Options as given and by default. */
  options: z.record(z.string(), z.unknown()),
  /** Chosen by the memory plan at the start; a resumed run keeps it. */
  microBatchTokens: z.number().int().positive(),
  examples: z.number().int(),
  heldOutExamples: z.number().int(),
  backend: z.string(),
  node: z.string(),
  result: z.record(z.string(), z.unknown()).nullable(),
  curve: z.array(stepSchema),
});
export type RunRecord = z.infer<typeof runSchema>;

/** Where things are in it. */
export function pathsIn(folder: string) {
  return {
    record: join(folder, 'run.json'),
    steps: join(folder, 'steps.jsonl'),
    checkpoints: join(folder, 'checkpoints'),
    gguf: join(folder, 'adapter.gguf'),
  };
}

/** The record of the run in a folder, or undefined where there is none. @throws CliError `cli.folder` for a damaged one */
export function readRecord(folder: string): RunRecord | undefined {
  const { record } = pathsIn(folder);
  if (!existsSync(record)) return undefined;
  try {
    return runSchema.parse(JSON.parse(readFileSync(record, 'utf8')));
  } catch (cause) {
    throw new CliError('cli.folder', `${record} is damaged; take another folder.`, { cause });
  }
}

/** Write, fsync, rename. @throws CliError `cli.folder` */
export function writeRecord(folder: string, run: RunRecord): void {
  const { record } = pathsIn(folder);
  try {
    mkdirSync(folder, { recursive: true });
    writeAtomically(record, [Buffer.from(`${JSON.stringify(run, undefined, 2)}\n`)], `${record}.part`);
  } catch (cause) {
    throw new CliError('cli.folder', `${folder} can't be written: ${(cause as Error).message}.`, { cause });
  }
}

/**
 * A folder is one run's: nothing that was trained is written over.
 * @throws CliError `cli.folder` when it holds a run and none is to be resumed, or the other way round, or a different run
 */
export function checkFolder(folder: string, found: RunRecord | undefined, planned: RunRecord, resume: boolean): void {
  if (!found) {
    if (resume) throw new CliError('cli.folder', `There is no run to resume in ${folder}.`);
    return;
  }
  if (!resume)
    throw new CliError('cli.folder', `${folder} holds a run: go on with it by --resume, or take another --out.`);
  const differing = (['base', 'data', 'heldOut'] as const).filter((key) => found[key]?.sha256 !== planned[key]?.sha256);
  const options = Object.keys(planned.options).filter(
    (name) => JSON.stringify(found.options[name]) !== JSON.stringify(planned.options[name]),
  );
  const all = [...differing, ...options.map((name) => `--${name}`)];
  if (all.length === 0) return;
  throw new CliError(
    'cli.folder',
    `The run in ${folder} was started otherwise (${all.join(', ')}); it can't go on so.`,
  );
}

/** Appends a step; a kill loses at most the last line. */
export function logStep(folder: string, step: LoggedStep): void {
  appendFileSync(pathsIn(folder).steps, `${JSON.stringify(step)}\n`);
}

/** All steps of the run, each once: those after the last checkpoint were taken again by a resumed run. */
export function loggedSteps(folder: string): LoggedStep[] {
  const { steps } = pathsIn(folder);
  if (!existsSync(steps)) return [];
  const latest = new Map<number, LoggedStep>();
  for (const line of readFileSync(steps, 'utf8').split('\n')) {
    const parsed = stepSchema.safeParse(parsedOrUndefined(line));
    if (parsed.success) latest.set(parsed.data.step, parsed.data);
  }
  return [...latest.values()].sort((a, b) => a.step - b.step);
}

function parsedOrUndefined(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
