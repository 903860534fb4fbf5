// One assistant: who answers now, the versions, the training runs and the audit, each kept fresh.
import { useCallback, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import type { Client } from '../api/client.js';
import type { Assistant } from '../api/schemas.js';
import { isRunning, versionName } from '../words.js';
import { Audit } from './audit.js';
import { ReasonDialog, type Decision } from './reason-dialog.js';
import { Runs } from './runs.js';
import { usePolled, type Polled } from './use-polled.js';
import { Versions } from './versions.js';

const EVERY_MS = 2_000;

function useAssistant(client: Client, slug: string) {
  const versions = usePolled(
    useCallback(() => client.versions(slug), [client, slug]),
    EVERY_MS,
  );
  const runs = usePolled(
    useCallback(() => client.runs(slug), [client, slug]),
    EVERY_MS,
  );
  const audit = usePolled(
    useCallback(() => client.audit(slug), [client, slug]),
    EVERY_MS,
  );
  return { versions, runs, audit };
}

export function AssistantPage({ client, assistant }: { client: Client; assistant: Assistant }) {
  const { versions, runs, audit } = useAssistant(client, assistant.slug);
  const [decision, setDecision] = useState<Decision>();
  const champion = versions.value?.championVersion ?? 0;
  const decide = decisions(client, assistant, champion);
  const closeDialog = (done: boolean) => {
    setDecision(undefined);
    if (!done) return;
    versions.reload();
    audit.reload();
  };
  return (
    <>
      <div class="title">
        <div>
          <h1>{assistant.name}</h1>
          <p class="muted">{versions.value ? `${versionName(champion)} answers now.` : 'Loading…'}</p>
        </div>
        <button type="button" disabled={champion === 0} onClick={() => setDecision(decide.rollBack())}>
          Roll back to the version before
        </button>
      </div>
      <Card title="Adapter versions" polled={versions}>
        {(value) => (
          <Versions
            versions={value.versions}
            champion={champion}
            promote={(version) => setDecision(decide.promote(version))}
            rollBack={(version) => setDecision(decide.rollBack(version))}
          />
        )}
      </Card>
      <div class="columns">
        <Card
          title="Training runs"
          polled={runs}
          action={<StartRun client={client} slug={assistant.slug} runs={runs} />}
        >
          {(value) => <Runs runs={value} />}
        </Card>
        <Card title="Audit" polled={audit}>
          {(value) => <Audit entries={value} />}
        </Card>
      </div>
      {decision && <ReasonDialog decision={decision} close={closeDialog} />}
    </>
  );
}

/** What an operator can decide about an assistant, in words. */
function decisions(client: Client, { slug, name }: Assistant, champion: number) {
  const stays = 'Answers that are being written finish on the version that began them.';
  return {
    promote: (version: number): Decision => ({
      title: `Promote ${versionName(version).toLowerCase()}?`,
      consequence: `${name} will answer with it from the next question on, instead of ${versionName(champion).toLowerCase()}. ${stays}`,
      action: 'Promote',
      carryOut: (reason) => client.promote(slug, version, reason),
    }),
    rollBack: (version?: number): Decision => {
      const target = version === undefined ? 'the version before' : versionName(version).toLowerCase();
      return {
        title: `Roll back to ${target}?`,
        consequence: `${name} will answer with it from the next question on, instead of ${versionName(champion).toLowerCase()}. ${stays}`,
        action: 'Roll back',
        carryOut: (reason) => client.rollback(slug, version, reason),
      };
    },
  };
}

interface StartRunProps {
  client: Client;
  slug: string;
  runs: Polled<Parameters<typeof isRunning>[0][]>;
}

function StartRun({ client, slug, runs }: StartRunProps) {
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const running = runs.value?.some(isRunning) ?? false;
  const start = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await client.startRun(slug);
    } catch (failure) {
      setError((failure as Error).message);
    }
    setBusy(false);
    runs.reload();
  };
  return (
    <>
      <button type="button" class="primary" disabled={busy || running} onClick={() => void start()}>
        {running ? 'A run is going on' : 'Start a training run'}
      </button>
      {error && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
    </>
  );
}

interface CardProps<T> {
  title: string;
  polled: Polled<T>;
  action?: ComponentChildren;
  children: (value: T) => ComponentChildren;
}

function Card<T>({ title, polled: { value, error }, action, children }: CardProps<T>) {
  return (
    <section class="card">
      <div class="card-head">
        <h2>{title}</h2>
        {action}
      </div>
      {error && (
        <p class="problem" role="alert">
          {error.message}
        </p>
      )}
      {value !== undefined ? children(value) : !error && <p class="empty">Loading…</p>}
    </section>
  );
}
