// Prompt versions of an assistant: what each says, what is different about it, which is active; and the next one.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import type { PromptVersion } from '../../api/schemas/prompts.js';
import { ToneBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { ReasonDialog, type Decision } from '../../parts/reason-dialog.js';
import { useAssistantBase } from '../assistant-base.js';
import { usePrompts } from '../shared-reads.js';
import { PromptDiff } from './prompt-diff.js';
import { PromptEditor } from './prompt-editor.js';
import { PromptView } from './prompt-view.js';

/** What is on the screen beside the list. */
type Shown = { version: number; isEdited: boolean };

export default function PromptsPage() {
  const { base } = useAssistantBase();
  const path = `${base}/prompt-versions`;
  const prompts = usePrompts(base);
  const [shown, setShown] = useState<Shown>();
  const [decision, setDecision] = useState<Decision>();
  const activate = useActivate(path, base);
  return (
    <Page
      title="Prompt versions"
      words="What the model is told before every conversation. A version never changes: an edit makes the next one."
    >
      <Loaded of={prompts}>
        {({ promptVersions: all }) => {
          const active = all.find((each) => each.active) ?? all[0];
          const chosen = all.find(({ version }) => version === shown?.version) ?? active;
          if (!active || !chosen) return null;
          return (
            <>
              <Card title="Versions">
                <VersionTable all={all} chosen={chosen} choose={(version) => setShown({ version, isEdited: false })} />
              </Card>
              {shown?.isEdited ? (
                <Card title={`The next version, from version ${chosen.version}`}>
                  <PromptEditor
                    key={chosen.version}
                    {...{ path, base, from: chosen }}
                    close={(made) => setShown(made === undefined ? undefined : { version: made, isEdited: false })}
                  />
                </Card>
              ) : (
                <Chosen
                  {...{ chosen, active }}
                  edit={() => setShown({ version: chosen.version, isEdited: true })}
                  activate={() => setDecision(activate(chosen.version, active.version))}
                />
              )}
            </>
          );
        }}
      </Loaded>
      <ReasonDialog decision={decision} close={() => setDecision(undefined)} />
    </Page>
  );
}

function useActivate(path: string, base: string) {
  const write = useWrite(
    ({ version, reason }: { version: number; reason: string }) =>
      api.send('POST', `${path}/${version}/activate`, { reason }),
    { invalidates: [path, base], quiet: true, done: 'It is active.' },
  );
  return (version: number, active: number): Decision => ({
    title: `Activate prompt version ${version}?`,
    consequence: `From the next question on, customers are answered under it instead of version ${active}. Examples of later feedback are made with it, too.`,
    action: 'Activate',
    carryOut: (reason) => write.mutateAsync({ version, reason }),
  });
}

interface VersionTableProps {
  all: PromptVersion[];
  chosen: PromptVersion;
  choose: (version: number) => void;
}

function VersionTable({ all, chosen, choose }: VersionTableProps) {
  return (
    <DataTable
      label="Prompt versions"
      rows={all}
      keyOf={({ version }) => version}
      columns={[
        {
          ...{ title: 'Version', isHeader: true },
          cell: ({ version, active }) => (
            <Group gap="xs" wrap="nowrap">
              Version {version} {active && <ToneBadge tone="good">Active</ToneBadge>}
            </Group>
          ),
        },
        { title: 'What is different', cell: ({ note }) => note || '–' },
        { title: 'Examples', isNumber: true, cell: ({ fewShot }) => fewShot.length },
        { title: 'Written', cell: ({ createdAt, author }) => <Written at={createdAt} author={author} /> },
        {
          ...{ title: 'Show it', isTitleHidden: true },
          cell: ({ version }) => (
            <Button
              size="compact-sm"
              variant="default"
              aria-pressed={version === chosen.version}
              aria-label={`Show version ${version}`}
              onClick={() => choose(version)}
            >
              Show
            </Button>
          ),
        },
      ]}
    />
  );
}

function Written({ at, author }: { at: Date; author: string | null }) {
  return (
    <>
      <Moment at={at} /> {author && `by ${author}`}
    </>
  );
}

interface ChosenProps {
  chosen: PromptVersion;
  active: PromptVersion;
  edit: () => void;
  activate: () => void;
}

function Chosen({ chosen, active, edit, activate }: ChosenProps) {
  return (
    <Card
      title={`Version ${chosen.version}`}
      actions={
        <>
          {!chosen.active && <Button onClick={activate}>Activate</Button>}
          <Button variant={chosen.active ? 'filled' : 'default'} onClick={edit}>
            Write the next version
          </Button>
        </>
      }
    >
      <Stack>
        <PromptView prompt={chosen} />
        {!chosen.active && (
          <div>
            <Text fw={650} mb={4}>
              What is different from version {active.version}, the active one
            </Text>
            <PromptDiff
              before={active}
              after={chosen}
              names={[`Version ${active.version}`, `Version ${chosen.version}`]}
            />
          </div>
        )}
      </Stack>
    </Card>
  );
}
