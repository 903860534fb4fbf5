// The signed-in page: which assistant, and for it everything below.
import { useEffect, useState } from 'preact/hooks';
import type { Client } from '../api/client.js';
import { AssistantPage } from './assistant-page.js';
import { Logo } from './logo.js';
import { usePolled } from './use-polled.js';

const ASSISTANTS_EVERY_MS = 15_000;

interface OverviewProps {
  client: Client;
  signOut: (why?: string) => void;
}

export function Overview({ client, signOut }: OverviewProps) {
  const assistants = usePolled(client.assistants, ASSISTANTS_EVERY_MS);
  const [chosen, setChosen] = useState<string>();
  const assistant = assistants.value?.find(({ slug }) => slug === chosen) ?? assistants.value?.[0];
  useEffect(() => {
    if (assistants.error?.status === 401) signOut('You were signed out: the token isn’t valid any more.');
  }, [assistants.error, signOut]);
  return (
    <>
      <header class="bar">
        <Logo />
        {assistants.value && assistants.value.length > 1 && (
          <label class="pick">
            <span class="visually-hidden">Assistant</span>
            <select value={assistant?.slug} onChange={(event) => setChosen(event.currentTarget.value)}>
              {assistants.value.map(({ slug, name }) => (
                <option key={slug} value={slug}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <span class="spring" />
        <a class="button" href="/demo">
          Open the demo
        </a>
        <button type="button" onClick={() => signOut()}>
          Sign out
        </button>
      </header>
      <main>
        {assistants.error && (
          <p class="problem" role="alert">
            {assistants.error.message}
          </p>
        )}
        {assistant && <AssistantPage key={assistant.slug} client={client} assistant={assistant} />}
        {assistants.value?.length === 0 && <p class="empty">There is no assistant yet.</p>}
      </main>
    </>
  );
}
