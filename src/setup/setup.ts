// `npm run setup`: makes the machine ready. `--check` only looks (exit code 1 if something is missing) and takes no time.
import { ensureAssets, readAssets, type Assets } from './assets.js';
import { RetuneError } from '../config/retune-error.js';

async function main(args: string[]): Promise<number> {
  if (args.includes('--check')) {
    const assets = readAssets();
    console.log(assets ? describe(assets) : 'Set-up is not complete: run `npm run setup`.');
    return assets ? 0 : 1;
  }
  const retryFallback = !args.includes('--keep-fallback');
  console.log(describe(await ensureAssets({ retryFallback })));
  return 0;
}

function describe({ modelPath, embeddingModel, trainingBackend, chatKernels, cacheDir }: Assets): string {
  return [
    'Ready.',
    `  base model        ${modelPath}`,
    `  embedding model   ${embeddingModel?.modelPath ?? 'not here: MEMORY=false'}`,
    `  training backend  ${trainingBackend.name}: ${trainingBackend.reason}`,
    `  chat kernels      ${chatKernels.reason}`,
    `  cache             ${cacheDir}`,
  ].join('\n');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof RetuneError ? `Set-up failed: ${error.message}` : error);
  process.exitCode = 1;
}
