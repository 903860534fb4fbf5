// The process (its entry is `start.cts`): starts the service, says where it is, ends it in order on a signal, and with one clear sentence when it can't start.
import 'reflect-metadata';
import { parseEnvironment } from './config/environment.js';
import { createLogger } from './config/logger.js';
import { isLostConnection } from './database/database-error.js';
import { startService, type Service } from './service.js';
import { ensureAssets, readAssets } from './setup/assets.js';
import { failureSentence, firstAdminWords, welcome } from './welcome.js';

const STOP_MS_MAX = 20_000;
/** `npm` and `timeout` pass a signal on that the terminal or the kernel gave to the whole group already: two of them mean one. */
const SAME_SIGNAL_MS = 1_000;

async function main(): Promise<void> {
  const environment = parseEnvironment(process.env);
  const logger = createLogger(environment);
  // Before this, a signal simply ends the process: a download can be taken up again.
  const assets = readAssets() ?? (await ensureAssets());
  const stopOnSignal = onSignal();
  surviveLostConnections(logger);
  const service = await startService(environment, assets, logger);
  stopOnSignal(service);
  if (environment.LOG_FORMAT === 'json') {
    logger.log('Retune listens', { url: service.url, dataDir: service.dataDir });
    if (service.firstAdmin) logger.log(`First administrator: ${firstAdminWords(service.firstAdmin)}`);
  } else console.log(welcome(service, process.stdout.isTTY));
  const { url, databaseUrl, routes } = service;
  process.send?.({ ready: { url, databaseUrl, routes } });
}

/**
 * Ends the process in order at the first signal (or when the parent that forked it is gone), at once at a second one, and at once
 * while it starts: nothing was promised to anybody yet. However it ends, its Postgres is stopped (`embedded-postgres.ts`).
 */
function onSignal(): (service: Service) => void {
  let service: Service | undefined;
  let askedMs: number | undefined;
  const stop = () => {
    if (!service) process.exit(0);
    if (askedMs !== undefined && performance.now() - askedMs > SAME_SIGNAL_MS) process.exit(1);
    if (askedMs === undefined) void end(service);
    askedMs ??= performance.now();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  if (process.send) process.once('disconnect', stop);
  return (started) => void (service = started);
}

async function end(service: Service): Promise<void> {
  setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
  try {
    await service.stop();
    process.exit(0);
  } catch (error) {
    console.error(failureSentence(error));
    process.exit(1);
  }
}

/** A database connection that breaks in the background, where nobody awaits it, must not end the chats. */
function surviveLostConnections(logger: { warn(message: string): void; error(message: string, stack?: string): void }) {
  process.on('unhandledRejection', (reason) => {
    const stack = reason instanceof Error ? reason.stack : String(reason);
    if (isLostConnection(reason)) logger.warn('A background task lost the database; it will try again.');
    else logger.error('A background task failed without anybody noticing.', stack);
  });
  process.on('uncaughtException', (error) => {
    if (isLostConnection(error)) logger.warn(`A database connection was lost: ${error.message}`);
    else {
      logger.error('The process is in an unknown state and ends.', error.stack);
      process.exit(1);
    }
  });
}

try {
  await main();
} catch (error) {
  console.error(failureSentence(error));
  process.exit(1);
}
