// Where llama.cpp's libraries for CPUs lie: inside the npm packages of its binding. Set-up puts ours beside them.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The binding's own sources and its notes about them. */
export function bindingFolder(): string {
  return join(dirname(require.resolve('node-llama-cpp')), '..', 'llama');
}

/** The prebuilt libraries for Linux on x64, the only ones that ours exist for. */
export function binariesFolder(): string {
  return join(dirname(bindingFolder()), '..', '@node-llama-cpp', 'linux-x64', 'bins', 'linux-x64');
}

/** The addon that writes answers on threads of its own (`src/inference/writer/writer.h`), if set-up compiled it. */
export const writerPath = (): string => join(binariesFolder(), 'retune-writer.node');
