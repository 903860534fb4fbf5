// What a dead child last wrote: usually the reason.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 4096;
const LINES = 4;
const WORDS_CHARS_MAX = 500;
/** TensorFlow's greetings and stack frames say nothing to a reader. */
const NOISE = /^\s*$|^\s+at |^[IW]\d{4} |absl::InitializeLog|To enable the following instructions/;

/** The last telling lines of a log, in one line; empty when there are none. */
export function lastWords(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const size = fstatSync(file).size;
      const tail = Buffer.alloc(Math.min(TAIL_BYTES, size));
      readSync(file, tail, 0, tail.length, size - tail.length);
      const lines = tail
        .toString('utf8')
        .split('\n')
        .filter((line) => !NOISE.test(line));
      return lines
        .slice(-LINES)
        .map((line) => line.trim())
        .join(' ')
        .slice(-WORDS_CHARS_MAX);
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
