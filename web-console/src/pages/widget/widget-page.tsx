// The widget on websites: site keys, how it looks with each, a preview that follows as one types, and the snippet to copy.
import { Button, Code, Group, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useRead } from '../../api/read.js';
import { siteKeyListSchema, type SiteKey } from '../../api/schemas/prompts.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/load.js';
import { Page } from '../../parts/page.js';
import { useAssistantBase } from '../assistant-base.js';
import { useAssistantRead } from '../shared-reads.js';
import { KeyCard } from './key-card.js';
import { NewKeyDialog } from './new-key-dialog.js';
import { Snippet } from './snippet.js';
import { WidgetForm } from './widget-form.js';
import { WidgetPreview } from './widget-preview.js';

export default function WidgetPage() {
  const { base } = useAssistantBase();
  const path = `${base}/site-keys`;
  const keys = useRead(path, siteKeyListSchema);
  const [chosenId, setChosenId] = useState<string>();
  const [isNew, setNew] = useState(false);
  return (
    <Page
      title="Widget"
      words="How the assistant meets customers on a website."
      actions={<Button onClick={() => setNew(true)}>Make a site key</Button>}
    >
      <Loaded
        of={keys}
        empty={{ when: ({ siteKeys }) => siteKeys.length === 0, say: 'No site key yet. Make one for each website.' }}
      >
        {({ siteKeys }) => {
          const chosen = siteKeys.find(({ id }) => id === chosenId) ?? siteKeys[0];
          if (!chosen) return null;
          return (
            <>
              <KeySelect {...{ siteKeys, chosen }} choose={setChosenId} />
              <OfKey key={chosen.id} {...{ base, path, siteKey: chosen }} />
            </>
          );
        }}
      </Loaded>
      <NewKeyDialog path={path} opened={isNew} close={() => setNew(false)} made={setChosenId} />
    </Page>
  );
}

interface KeySelectProps {
  siteKeys: SiteKey[];
  chosen: SiteKey;
  choose: (id: string) => void;
}

function KeySelect({ siteKeys, chosen, choose }: KeySelectProps) {
  return (
    <Group>
      <Select
        label="Site key"
        allowDeselect={false}
        w={320}
        data={siteKeys.map(({ id, name, key }) => ({ value: id, label: `${name} (${key.slice(0, 10)}…)` }))}
        value={chosen.id}
        onChange={(id) => id && choose(id)}
      />
    </Group>
  );
}

function OfKey({ base, path, siteKey }: { base: string; path: string; siteKey: SiteKey }) {
  const assistant = useAssistantRead(base);
  const [widget, setWidget] = useState(siteKey.widget);
  return (
    <>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Card title="Looks">
          <WidgetForm {...{ path, siteKey, widget }} change={setWidget} assistant={assistant.data} />
        </Card>
        <Card title="Preview">
          <Stack gap="xs">
            <WidgetPreview widget={widget} assistant={assistant.data} />
            <Text size="sm" c="dimmed">
              Saved looks reach a website’s next visitors within a minute. What the page says itself (attributes,{' '}
              <Code>--retune-accent</Code>) goes first.
            </Text>
          </Stack>
        </Card>
      </SimpleGrid>
      <Snippet siteKey={siteKey} />
      <KeyCard path={path} siteKey={siteKey} />
    </>
  );
}
