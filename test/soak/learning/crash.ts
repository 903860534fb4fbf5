// Kills the service the moment a run reaches a phase. A trigger in the database tells of it, for some phases last milliseconds only.
import pg from 'pg';
import type { CrashPhase } from './week.js';

const CHANNEL = 'soak_run_status';
const TRIGGER = `
  CREATE OR REPLACE FUNCTION soak_run_status() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify('${CHANNEL}', NEW.status); RETURN NEW; END $$;
  CREATE OR REPLACE TRIGGER soak_run_status AFTER INSERT OR UPDATE OF status ON training_runs
    FOR EACH ROW EXECUTE FUNCTION soak_run_status();`;
/** Training is cut in its middle rather than at its first moment. */
const INTO_PHASE_MS: Readonly<Record<CrashPhase, number>> = {
  queued: 0,
  preparing: 0,
  training: 8_000,
  evaluating: 2_000,
};

/**
 * Arms one kill.
 * @returns resolves once the process was killed; `disarm` when it is no longer wanted
 */
export async function killAt(
  phase: CrashPhase,
  databaseUrl: string,
  pid: number,
): Promise<{ killed: Promise<void>; disarm: () => Promise<void> }> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(TRIGGER);
  let timer: NodeJS.Timeout | undefined;
  const killed = new Promise<void>((resolve) => {
    client.on('notification', ({ payload }) => {
      if (payload !== phase || timer) return;
      timer = setTimeout(() => {
        process.kill(pid, 'SIGKILL');
        resolve();
      }, INTO_PHASE_MS[phase]);
    });
  });
  await client.query(`LISTEN ${CHANNEL}`);
  return {
    killed,
    disarm: async () => {
      clearTimeout(timer);
      await client.end();
    },
  };
}
