// One conversation: what is said in it, as it is said; who answers; and what can be done about it.
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { usePresence } from '../../live/presence.js';
import { ToneBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { useMe } from '../../session/session.js';
import type { ConversationDetail } from '../../api/schemas/conversations.js';
import { Actions } from './actions.js';
import { AnswerPanel } from './answer-panel.js';
import { Composer } from './composer.js';
import { customerName, stateWords } from './conversation-words.js';
import { Log } from './log.js';
import { entriesOf } from './transcript.js';
import { useConversation, useTyping } from './use-conversation.js';
import './conversation.css';

export default function ConversationPage() {
  const { id = '' } = useParams();
  return <OneConversation key={id} id={id} />;
}

function OneConversation({ id }: { id: string }) {
  const me = useMe().user.name;
  const { detail, messages, notes, growing, window } = useConversation(id);
  const typing = useTyping(id, me);
  const people = usePresence(id, me);
  const [chosen, setChosen] = useState<string>();
  const { data } = detail;
  const isMine = data?.state === 'agent' && data.agentName === me;
  const entries = entriesOf(messages.data?.messages ?? [], data?.handoverChanges ?? [], notes.data?.notes ?? []);
  return (
    <Page
      wide
      title={data ? customerName(data) : 'Conversation'}
      words={
        <Group gap="sm" role="status">
          {data && <ToneBadge tone={data.state === 'waiting' ? 'warn' : 'plain'}>{stateWords(data, me)}</ToneBadge>}
          {people.length > 0 && <span>Also here: {people.join(', ')}</span>}
        </Group>
      }
      actions={data && <Actions conversation={data} isMine={isMine} />}
    >
      <Anchor component={Link} to="/inbox" size="sm">
        ← Inbox
      </Anchor>
      <Loaded of={detail}>
        {(conversation) => (
          <div className="conversation">
            <Stack gap="xs">
              <Log {...{ entries, growing, typing, window, chosen }} choose={setChosen} />
              <Composer conversationId={id} isMine={isMine} />
            </Stack>
            <Stack>
              {chosen && (
                <Card
                  title="This answer"
                  actions={
                    <Button size="compact-sm" variant="default" onClick={() => setChosen(undefined)}>
                      Close panel
                    </Button>
                  }
                >
                  <AnswerPanel messageId={chosen} />
                </Card>
              )}
              <Facts conversation={conversation} />
            </Stack>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

/** About the conversation as a whole. */
function Facts({ conversation }: { conversation: ConversationDetail }) {
  const { assistant, customerId, identified, locale, createdAt, stateSince } = conversation;
  return (
    <Card title="About it">
      <Stack gap={6}>
        <Text size="sm">
          Assistant: <b>{assistant}</b>
        </Text>
        <Text size="sm">
          Customer: {customerId}
          {identified ? ', vouched for by the website' : ', anonymous'}
        </Text>
        {locale && <Text size="sm">Language: {locale}</Text>}
        <Text size="sm">
          Begun <Moment at={createdAt} />
        </Text>
        {stateSince && (
          <Text size="sm">
            Last handed over <Moment at={stateSince} />
          </Text>
        )}
      </Stack>
    </Card>
  );
}
