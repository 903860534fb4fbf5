// What can be done with a conversation: take it over, return it, close it, open it again.
import { Button } from '@mantine/core';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { conversationSchema, type Conversation } from '../../api/schemas/conversations.js';

interface ActionsProps {
  conversation: Conversation;
  isMine: boolean;
}

export function Actions({ conversation: { id, state, closedAt }, isMine }: ActionsProps) {
  const move = useWrite(
    (what: string) => api.send('POST', `/api/v1/conversations/${id}/${what}`, {}, conversationSchema),
    { invalidates: ['/api/v1/conversations', '/api/v1/inbox'] },
  );
  const to = (what: string) => () => move.mutate(what);
  const { isPending } = move;
  return (
    <>
      {state === 'agent' ? (
        <Button variant={isMine ? 'filled' : 'default'} loading={isPending} onClick={to('hand-back')}>
          Return to assistant
        </Button>
      ) : (
        <Button loading={isPending} onClick={to('take-over')}>
          Take over
        </Button>
      )}
      <Button variant="default" disabled={isPending} onClick={to(closedAt ? 'reopen' : 'close')}>
        {closedAt ? 'Open again' : 'Close'}
      </Button>
    </>
  );
}
