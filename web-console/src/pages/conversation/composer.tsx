// Where an agent writes: private notes, and to the customer once they have taken over. Which of the two it is can't be overlooked.
import { Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { emitWithAck } from '../../live/console-socket.js';
import { useHotkeys } from '../../parts/hotkeys.js';

const TYPING_AGAIN_MS = 3_000;
const TEXT_CHARS_MAX = 4_000;

type Aim = 'customer' | 'note';

interface ComposerProps {
  conversationId: string;
  /** One has taken over. */
  isMine: boolean;
}

const WORDS: Record<Aim, { label: string; action: string }> = {
  customer: { label: 'Message to the customer', action: 'Send' },
  note: { label: 'Private note', action: 'Save note' },
};

export function Composer({ conversationId, isMine }: ComposerProps) {
  const [text, setText] = useState('');
  const [wanted, setWanted] = useState<Aim>('customer');
  const aim: Aim = isMine ? wanted : 'note';
  const field = useRef<HTMLTextAreaElement>(null);
  const typing = useSaysTyping(conversationId);
  const path = `/api/v1/conversations/${conversationId}`;
  const write = useWrite(
    ({ what, to, clientMessageId }: { what: string; to: Aim; clientMessageId: string | undefined }) =>
      to === 'note'
        ? api.send('POST', `${path}/notes`, { text: what })
        : api.send('POST', `${path}/messages`, { text: what, clientMessageId }),
    { invalidates: [path] },
  );
  const send = () => {
    const what = text.trim();
    if (what === '' || write.isPending) return;
    typing(false);
    // Only over https, or on this machine, does a browser make one.
    const clientMessageId = (crypto as Partial<Crypto>).randomUUID?.();
    write.mutate({ what, to: aim, clientMessageId }, { onSuccess: () => setText('') });
    field.current?.focus();
  };
  useHotkeys([{ keys: 'mod+Enter', does: 'Send, or save the note', run: send, whileWriting: true }]);
  const { label, action } = WORDS[aim];
  return (
    <Stack gap="xs">
      {isMine ? (
        <AimChoice aim={aim} choose={setWanted} />
      ) : (
        <Text size="sm" c="dimmed">
          What you write here only agents read. Take over to write to the customer.
        </Text>
      )}
      <Textarea
        ref={field}
        aria-label={label}
        placeholder={label}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={TEXT_CHARS_MAX}
        value={text}
        onChange={({ currentTarget: { value } }) => {
          setText(value);
          typing(aim === 'customer' && value.trim() !== '');
        }}
        onBlur={() => typing(false)}
      />
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          Ctrl + Enter
        </Text>
        <Button
          color={aim === 'note' ? 'gray' : undefined}
          disabled={text.trim() === ''}
          loading={write.isPending}
          onClick={send}
        >
          {action}
        </Button>
      </Group>
    </Stack>
  );
}

function AimChoice({ aim, choose }: { aim: Aim; choose: (aim: Aim) => void }) {
  return (
    <SegmentedControl<Aim>
      aria-label="To whom"
      value={aim}
      onChange={choose}
      data={[
        { value: 'customer', label: 'To the customer' },
        { value: 'note', label: 'Private note' },
      ]}
    />
  );
}

/** Says that one is typing: at once, again every few seconds, and that it is over. */
function useSaysTyping(conversationId: string): (isTyping: boolean) => void {
  const saidMs = useRef(0);
  return (isTyping) => {
    const isDue = isTyping ? Date.now() - saidMs.current > TYPING_AGAIN_MS : saidMs.current > 0;
    if (!isDue) return;
    saidMs.current = isTyping ? Date.now() : 0;
    emitWithAck('typing', { conversationId, isTyping }).catch(() => undefined);
  };
}
