// Hears from Postgres, within milliseconds, what any node announces. LISTEN needs a connection of its own; when it breaks it is
// made again, ever more slowly, and whoever listens is told to look for what was missed.
import { Client } from 'pg';

export interface Ears {
  /** @param payload the word's JSON, not checked; undefined when it is none */
  heard(payload: unknown): void;
  /** Connected, maybe again: words may have been missed. */
  connected(): void;
  lost(reason: string): void;
}

export interface Listener {
  close(): Promise<void>;
}

const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 30_000;

/** Listens to a channel until closed. Never throws: failures are told to `ears.lost` and tried again. */
export function listenTo(channel: string, databaseUrl: string, ears: Ears): Listener {
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = RETRY_MS_MIN;
  let closed = false;

  const again = (reason: string, of: Client) => {
    if (closed || client !== of) return;
    client = undefined;
    of.end().catch(() => undefined);
    if (retryMs === RETRY_MS_MIN) ears.lost(reason);
    timer = setTimeout(connect, retryMs).unref();
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
  };
  const connect = () => {
    const mine = new Client({ connectionString: databaseUrl, keepAlive: true, application_name: 'retune listen' });
    client = mine;
    mine.on('error', (error) => again(error.message, mine));
    mine.on('end', () => again('the connection was closed', mine));
    mine.on('notification', ({ payload }) => ears.heard(parseJson(payload)));
    mine
      .connect()
      .then(() => mine.query(`LISTEN ${channel}`))
      .then(() => {
        retryMs = RETRY_MS_MIN;
        ears.connected();
      })
      .catch((error: Error) => again(error.message, mine));
  };
  connect();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
