// One conversation in the inbox: who, what was said last, who answers, how long somebody waits, and who looks at it.
import { Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Conversation } from '../../api/schemas/conversations.js';
import { usePresence } from '../../live/presence.js';
import { ThumbBadge, ToneBadge, VersionBadge } from '../../parts/badges.js';
import { Moment } from '../../parts/moment.js';
import { useMe } from '../../session/session.js';
import { waited } from '../../words.js';
import { customerName } from '../conversation/conversation-words.js';
import './inbox.css';

interface InboxRowProps {
  conversation: Conversation;
  /** The assistant's name, where there is more than one. */
  assistantName: string | undefined;
}

const WHO = { customer: 'Customer', assistant: 'Assistant', agent: 'Agent' };

export function InboxRow({ conversation, assistantName }: InboxRowProps) {
  const { id, lastMessage, waitingSince, lastVersion, lastRating, agentName, closedAt, createdAt } = conversation;
  const people = usePresence(id, useMe().user.name);
  return (
    <Link to={`/conversations/${id}`} className="inbox-row">
      <span className="inbox-who">
        <Text span fw={600} truncate>
          {customerName(conversation)}
        </Text>
        {assistantName && (
          <Text span size="xs" c="dimmed" truncate>
            {assistantName}
          </Text>
        )}
      </span>
      <span className="inbox-said">
        {lastMessage ? (
          <>
            <Text span c="dimmed">
              {WHO[lastMessage.role]}:{' '}
            </Text>
            {lastMessage.text}
          </>
        ) : (
          <Text span c="dimmed">
            Nothing was said yet.
          </Text>
        )}
      </span>
      <span className="inbox-marks">
        {people.length > 0 && <ToneBadge tone="warn">{people.join(', ')} here</ToneBadge>}
        {agentName && <ToneBadge tone="good">{agentName}</ToneBadge>}
        {lastRating && <ThumbBadge value={lastRating} />}
        {lastVersion !== null && <VersionBadge version={lastVersion} />}
      </span>
      <span className="inbox-when">
        {waitingSince ? (
          <ToneBadge tone="warn">waits {waited(waitingSince)}</ToneBadge>
        ) : (
          <Text span size="sm" c="dimmed">
            <Moment at={closedAt ?? lastMessage?.createdAt ?? createdAt} />
          </Text>
        )}
      </span>
    </Link>
  );
}
