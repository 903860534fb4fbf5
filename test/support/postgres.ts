// A real Postgres of a test's own, that can be stopped and started again on the same port with what it held.
import { rm } from 'node:fs/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { temporaryFolder } from './service.js';

/** A Postgres under the test's control. */
export interface TestPostgres {
  url: string;
  /** Ends it as an administrator would; connections are cut. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it and removes what it held. */
  remove(): Promise<void>;
}

/** Starts an empty Postgres, without waiting for the disk, on a free port. */
export async function startPostgres(): Promise<TestPostgres> {
  const dataDir = await temporaryFolder();
  const settings = { fsync: 'off' };
  let running: EmbeddedPostgres | undefined = await startEmbeddedPostgres({ dataDir, settings });
  const { url } = running;
  const pause = async () => {
    await running?.stop();
    running = undefined;
  };
  return {
    url,
    pause,
    resume: async () => {
      running ??= await startEmbeddedPostgres({ dataDir, settings, port: Number(new URL(url).port) });
    },
    remove: async () => {
      await pause();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
