// The model hub as the first source of models. The download runs in a child process because it can't be called off in this
// one: without a route to the hub the client hangs for minutes and ignores its abort signal.
import '../config/any-ci.js';
import { rm } from 'node:fs/promises';
import { startProgress, type ProgressOutput } from './progress.js';
import { runCommand } from './run-command.js';
import { reasonOf, SetupError } from './setup-error.js';

/** Time without a single further byte after which the hub counts as unreachable. */
const STALL_MS_MAX = 15_000;
const DOWNLOAD_MS_MAX = 60 * 60_000;

/** Resumes a partial file of an earlier try, and prints the bytes it has, one number a line. */
const CHILD_SCRIPT = `
const [client, uri, directory, fileName] = process.argv.slice(1);
const { resolveModelFile } = await import(client);
let shownMs = 0;
const onProgress = ({ downloadedSize }) => {
  if (Date.now() - shownMs < 200) return;
  shownMs = Date.now();
  console.log(downloadedSize);
};
await resolveModelFile(uri, { directory, fileName, cli: false, deleteTempFileOnCancel: false, onProgress });
process.exit(0);
`;

export interface HubFile {
  uri: string;
  bytes: number;
  /** For people. */
  what: string;
}

/**
 * Downloads a file of the hub to `folder/fileName`; its content is for the caller to check.
 * @throws SetupError `setup.download` when the hub can't be reached, or not any longer
 */
export async function downloadFromHub(
  file: HubFile,
  folder: string,
  fileName: string,
  output?: ProgressOutput,
  stallMs = STALL_MS_MAX,
): Promise<void> {
  const progress = startProgress(file.what, file.bytes, output);
  let bytes = 0;
  const client = import.meta.resolve('node-llama-cpp');
  const args = ['--input-type=module', '--eval', CHILD_SCRIPT, client, file.uri, folder, fileName];
  const result = await runCommand(process.execPath, args, {
    timeoutMs: DOWNLOAD_MS_MAX,
    stallMs,
    progressOf: () => Promise.resolve(bytes),
    onLine(line) {
      bytes = Number(line) || bytes;
      progress.update(bytes);
    },
  });
  progress.stop();
  if (result.code === 0) return;
  if (bytes === 0) await rm(`${folder}/${fileName}.ipull`, { force: true });
  const lastLine = result.stderr
    .trim()
    .split('\n')
    .findLast((line) => /error/i.test(line));
  const reason = result.killedFor ? 'no answer' : reasonOf(lastLine ?? `exit code ${result.code}`);
  throw new SetupError('setup.download', `The model hub can't be reached (${reason}).`);
}
