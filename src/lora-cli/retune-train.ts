// `retune-train`: trains a LoRA adapter on a GGUF and a JSONL file. The README has an example; `--help` has every option.
import { statSync } from 'node:fs';
import { RetuneError } from '../config/retune-error.js';
import { LoraError } from '../lora/lora-error.js';
import { gigabytes } from '../lora/train/memory-plan.js';
import { sha256Of } from '../setup/checksum.js';
import { readInputs } from './inputs.js';
import { helpText, parseOptions, type Options } from './options.js';
import { duration, startProgress } from './progress.js';
import { checkFolder, readRecord, writeRecord, type RunRecord } from './run-folder.js';
import { planRun, run, type Planned } from './run.js';
import { writeAdapter } from './write-adapter.js';

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Exit code: 0 done, 1 refused or failed, 130 stopped by the user. */
async function main(args: string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === 'help') {
    console.log(helpText());
    return 0;
  }
  const planned = await plan(options);
  if (planned.record.status === 'done') {
    say(`The run in ${options.out} is done already.`);
    return 0;
  }
  const stop = stopOnSignals();
  const progress = startProgress();
  try {
    const trained = await run(planned, options, {
      onStep: (report) => progress.step(report),
      signal: stop.signal,
      say,
    });
    progress.stop();
    const written = writeAdapter(options, planned.inputs, trained.adapter);
    writeRecord(options.out, trained.record);
    const { result, seconds } = trained;
    say(`Done in ${duration(seconds)}: loss ${result.firstLoss.toFixed(3)} → ${result.lastLoss.toFixed(3)}.`);
    if (result.best) say(`Kept the adapter of step ${result.best.step}: held-out loss ${result.best.loss.toFixed(3)}.`);
    for (const path of written) console.log(path);
    return 0;
  } catch (error) {
    progress.stop();
    if (!(error instanceof LoraError) || error.code !== 'train.cancelled') throw error;
    say(`${error.message} A checkpoint is in ${options.out}. Go on with the same command and --resume.`);
    return 130;
  }
}

async function plan(options: Options): Promise<Planned & { record: RunRecord }> {
  const inputs = await readInputs(options);
  const found = readRecord(options.out);
  const memory = planRun(inputs, options, found?.microBatchTokens);
  const file = async (path: string) => ({ path, sha256: await sha256Of(path) });
  // What may differ between two parts of one run.
  const { resume, help, out, threads, 'max-memory': max, 'micro-batch-tokens': tokens, ...kept } = options;
  void [resume, help, out, threads, max, tokens];
  const record: RunRecord = {
    retuneTrain: 1,
    status: 'running',
    base: await file(inputs.basePath),
    data: await file(options.data),
    heldOut: inputs.heldOutPath ? await file(inputs.heldOutPath) : null,
    init:
      options.init && statSync(options.init, { throwIfNoEntry: false })?.isFile() ? await sha256Of(options.init) : null,
    options: kept,
    microBatchTokens: memory.microBatchTokens,
    examples: inputs.training.length,
    heldOutExamples: inputs.heldOut.length,
    backend: options.backend,
    node: process.version,
    result: null,
    curve: [],
  };
  checkFolder(options.out, found, record, options.resume);
  const { estimate, availableBytes, microBatchTokens, hasShrunk } = memory;
  say(`${inputs.training.length} examples to learn, ${inputs.heldOut.length} held out.`);
  const why = hasShrunk ? ' (smaller, so that it fits)' : '';
  say(
    `About ${gigabytes(estimate.total)} of memory, ${gigabytes(availableBytes)} to be had; ` +
      `up to ${microBatchTokens} tokens at once${why}.`,
  );
  return { inputs, microBatchTokens, record: found ?? record };
}

/** The first signal lets the step end and saves a checkpoint; the second one ends at once. */
function stopOnSignals(): AbortController {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      say('\nStopping after this step …');
      stop.abort();
    });
  }
  return stop;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isExpected = error instanceof RetuneError || error instanceof LoraError;
  say(isExpected ? error.message : String((error as Error).stack ?? error));
  process.exitCode = 1;
}
// Dawn and llama.cpp keep threads; nothing is left to wait for.
process.exit();
