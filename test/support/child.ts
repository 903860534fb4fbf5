// A process that prints one JSON line as its result.
import { spawn } from 'node:child_process';

const ERROR_LINES = 5;

/** Its standard output. @throws Error with the last lines of its error output when it fails */
export function runChild(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    let errors = '';
    child.stdout.on('data', (data: Buffer) => output.push(data));
    child.stderr.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-4000)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(output).toString());
      const last = errors.trim().split('\n').slice(-ERROR_LINES).join('\n');
      reject(new Error(`${command} ended with ${code}: ${last}`));
    });
  });
}

/** The last line of a process's output that is a JSON object. */
export async function resultOf(command: string, args: readonly string[]): Promise<unknown> {
  const lines = (await runChild(command, args)).trim().split('\n');
  const line = lines.reverse().find((each) => each.startsWith('{'));
  if (!line) throw new Error(`${command} printed no result.`);
  return JSON.parse(line);
}
