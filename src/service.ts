// Starts the whole service in the one order that works: Postgres, schema, application; and stops it in reverse.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { migrations } from '../migrations/all.js';
import { AppModule } from './app.module.js';
import { ensureFirstAdmin, type FirstAdmin } from './access/sign-in/first-admin.js';
import { loadTokens, type AccessTokens } from './access/tokens.js';
import type { Environment } from './config/environment.js';
import { startEmbeddedPostgres } from './database/embedded-postgres.js';
import { openDatabase } from './database/open-database.js';
import { configureHttp } from './operations/http.js';
import { mountOpenApi } from './operations/openapi.js';
import { mountPages } from './operations/pages.js';
import { routesOf } from './operations/routes.js';
import { VERSION } from './operations/version.js';
import type { Assets } from './setup/assets.js';
import { chooseDataHome, ensureFolder, ownSurroundings } from './setup/paths.js';

/** A running service. */
export interface Service {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  url: string;
  dataDir: string;
  databaseUrl: string;
  tokens: AccessTokens;
  /** What it answers, e.g. `GET /readyz`. */
  routes: string[];
  /** Only at the first start. */
  firstAdmin: FirstAdmin | undefined;
  /** Stops taking requests, lets hooks finish, closes the database. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts everything.
 * @throws RetuneError with one sentence for people; what was started by then is stopped again
 */
export async function startService(
  environment: Environment,
  { modelPath, modelSha256, embeddingModel, chatKernels, trainingBackend }: Assets,
  logger: LoggerService,
): Promise<Service> {
  const home = await openHome(environment, logger);
  try {
    const tokens = await loadTokens(environment, home.dataDir);
    const dataSource = await openDatabase({ url: home.databaseUrl, migrations, logger });
    const firstAdmin = await ensureFirstAdmin(dataSource, environment);
    const { dataDir, databaseUrl } = home;
    const machine = { chatKernels: chatKernels.reason, trainingBackend };
    const runtime = { environment, modelPath, modelSha256, embeddingModel, machine, dataDir, databaseUrl };
    const app = await createApplication({ runtime, dataSource, tokens, logger });
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= app.close().finally(() => home.close()));
    let url: string;
    try {
      configureHttp(app, environment.TRUST_PROXY);
      mountOpenApi(app, VERSION);
      mountPages(app);
      url = await listen(app, environment);
    } catch (error) {
      await app.close();
      throw error;
    }
    return { url, dataDir, databaseUrl, tokens, firstAdmin, routes: routesOf(app), stop };
  } catch (error) {
    await home.close();
    throw error;
  }
}

interface Home {
  dataDir: string;
  databaseUrl: string;
  close(): Promise<void>;
}

/** The data folder and a Postgres: the one of `DATABASE_URL`, else our own in that folder. */
async function openHome({ DATABASE_URL }: Environment, logger: LoggerService): Promise<Home> {
  if (DATABASE_URL) {
    const { folder } = chooseDataHome(ownSurroundings(), () => true);
    return { dataDir: ensureFolder(folder, 'RETUNE_DATA'), databaseUrl: DATABASE_URL, close: () => Promise.resolve() };
  }
  const postgres = await startEmbeddedPostgres({ log: (line) => void logger.log(line) });
  return { dataDir: postgres.dataDir, databaseUrl: postgres.url, close: () => postgres.stop() };
}

type Parts = Parameters<typeof AppModule.forRoot>[0] & { logger: LoggerService };

async function createApplication({ logger, ...parts }: Parts): Promise<NestExpressApplication> {
  try {
    return await NestFactory.create<NestExpressApplication>(AppModule.forRoot(parts), {
      logger,
      abortOnError: false,
      forceCloseConnections: true,
    });
  } catch (error) {
    await parts.dataSource.destroy();
    throw error;
  }
}

/** Listens on the server itself: Nest's own `listen` would print its view of a failure before ours. @returns the address for people */
async function listen(app: NestExpressApplication, { PORT, HOST }: Environment): Promise<string> {
  await app.init();
  const server = app.getHttpServer();
  server.listen(PORT, HOST);
  await once(server, 'listening');
  const { address, family, port } = server.address() as AddressInfo;
  const host = ['0.0.0.0', '::'].includes(address) ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
