// What was said, moved and noted, as it stands in the log of a conversation.
import { Button, Text, Tooltip } from '@mantine/core';
import type { HandoverChange, Message, Note } from '../../api/schemas/conversations.js';
import { ToneBadge, VersionBadge } from '../../parts/badges.js';
import { Moment } from '../../parts/moment.js';
import { endingWords, moveWords } from './conversation-words.js';
import type { Growing } from './transcript.js';

interface TurnProps {
  message: Message;
  growing: Growing | undefined;
  /** The panel beside is about this answer. */
  isChosen: boolean;
  choose: () => void;
}

const NAMES = { customer: 'Customer', assistant: 'Assistant', agent: 'Agent' };

export function Turn({ message, growing, isChosen, choose }: TurnProps) {
  const { role, agentName, status, createdAt } = message;
  const isWriting = status === 'writing';
  const text = isWriting ? (growing?.text ?? message.text) : message.text;
  return (
    <article className="turn" data-role={role} aria-busy={isWriting}>
      <div className="turn-facts">
        <Text span size="sm" fw={600}>
          {agentName ?? NAMES[role]}
        </Text>
        <Text span size="sm" c="dimmed">
          <Moment at={createdAt} />
        </Text>
        {isWriting && <ToneBadge tone="busy">writing…</ToneBadge>}
        {isWriting && <WriterBadges message={message} />}
      </div>
      {text !== '' && <p className="turn-text">{text}</p>}
      {role === 'assistant' && !isWriting && <AnswerFacts {...{ message, isChosen, choose }} />}
    </article>
  );
}

/** What wrote an answer, and what came of it. */
function AnswerFacts({ message, isChosen, choose }: Omit<TurnProps, 'growing'>) {
  const { finishReason, latencyMs, rating, status, text } = message;
  const ending = endingWords(finishReason) ?? (status === 'failed' ? 'Failed' : undefined);
  return (
    <div className="turn-facts">
      <WriterBadges message={message} />
      {ending && <ToneBadge tone="warn">{ending}</ToneBadge>}
      {rating && (
        <ToneBadge tone={rating === 'up' ? 'good' : 'bad'}>Rated {rating === 'up' ? 'good' : 'poor'}</ToneBadge>
      )}
      {latencyMs !== null && (
        <Text span size="xs" c="dimmed">
          {(latencyMs / 1000).toFixed(1)} s
        </Text>
      )}
      {text !== '' && (
        <Button size="compact-xs" variant={isChosen ? 'filled' : 'default'} aria-pressed={isChosen} onClick={choose}>
          Rate or correct
        </Button>
      )}
    </div>
  );
}

function WriterBadges({ message: { adapterVersion, promptVersion, memory } }: Pick<TurnProps, 'message'>) {
  return (
    <>
      {adapterVersion !== null && <VersionBadge version={adapterVersion} />}
      {promptVersion !== null && <ToneBadge>Prompt {promptVersion}</ToneBadge>}
      {memory.length > 0 && <MemoryBadge memory={memory} />}
    </>
  );
}

/** The remembered corrections that an answer used, with how alike the question was. */
function MemoryBadge({ memory }: Pick<Message, 'memory'>) {
  const words = memory.map(
    ({ use, score }) => `${use === 'verbatim' ? 'word for word' : 'as an example'}, ${score.toFixed(2)}`,
  );
  return (
    <Tooltip label={`Cosine of the questions: ${words.join('; ')}`}>
      <span tabIndex={0}>
        <ToneBadge tone="good">
          {memory.length} {memory.length === 1 ? 'memory' : 'memories'}
        </ToneBadge>
      </span>
    </Tooltip>
  );
}

export function NoteEntry({ note }: { note: Note }) {
  return (
    <article className="note" aria-label={`Private note of ${note.author}`}>
      <Text size="sm" fw={600}>
        {note.author} · private note ·{' '}
        <Text span size="sm" c="dimmed">
          <Moment at={note.createdAt} />
        </Text>
      </Text>
      {note.text}
    </article>
  );
}

export function MoveEntry({ move }: { move: HandoverChange }) {
  return (
    <p className="move">
      <Text span size="sm" c="dimmed">
        {moveWords(move)} · <Moment at={move.createdAt} />
        {move.reason && ` · “${move.reason}”`}
      </Text>
    </p>
  );
}
