// The process: starts the service, says where it is, ends it in order on a signal, and with one clear sentence when it can't start.
import 'reflect-metadata';
import { parseEnvironment } from './config/environment.js';
import { createLogger } from './config/logger.js';
import { RetuneError } from './config/retune-error.js';
import { startService } from './service.js';

try {
  const environment = parseEnvironment(process.env);
  const service = await startService(environment, createLogger(environment));
  const stop = () => void service.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.send) process.once('disconnect', stop);
  console.log(`Retune listens on ${service.url}`);
  process.send?.({ ready: { url: service.url, databaseUrl: service.databaseUrl } });
} catch (error) {
  console.error(error instanceof RetuneError ? error.message : error);
  process.exit(1);
}
