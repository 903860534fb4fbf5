// The playground: asks any version under any prompt, zero-shot or few-shot, with the memory or without. Nothing of it is kept.
import { Button, Group, Kbd, Stack, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Card } from '../../parts/card.js';
import { useHotkeys } from '../../parts/hotkeys.js';
import { Page } from '../../parts/page.js';
import { useAssistantBase } from '../assistant-base.js';
import { ConditionFields } from './condition-fields.js';
import { Exchanges } from './exchanges.js';
import { usePlayground, type Conditions } from './use-playground.js';

const QUESTION_CHARS_MAX = 8_000;
const AS_FOR_CUSTOMERS: Conditions = { fewShot: true, memory: true };

export default function PlaygroundPage() {
  const { base } = useAssistantBase();
  const [conditions, setConditions] = useState(AS_FOR_CUSTOMERS);
  const { exchanges, isAnswering, ask, stop, clear } = usePlayground(base);
  return (
    <Page
      title="Playground"
      words="What would it answer? Customers see nothing of this, and nothing is learnt from it."
      actions={
        <Button variant="default" disabled={exchanges.length === 0} onClick={clear}>
          New conversation
        </Button>
      }
    >
      <Card title="Conditions">
        <ConditionFields base={base} conditions={conditions} change={setConditions} />
      </Card>
      <Card title="Conversation">
        <Stack>
          <Exchanges exchanges={exchanges} />
          <QuestionForm {...{ isAnswering, stop }} ask={(question) => void ask(question, conditions)} />
        </Stack>
      </Card>
    </Page>
  );
}

interface QuestionFormProps {
  isAnswering: boolean;
  ask: (question: string) => void;
  stop: () => void;
}

function QuestionForm({ isAnswering, ask, stop }: QuestionFormProps) {
  const [question, setQuestion] = useState('');
  const send = () => {
    if (isAnswering || !question.trim()) return;
    ask(question.trim());
    setQuestion('');
  };
  useHotkeys([{ keys: 'mod+Enter', does: 'Ask', run: send, whileWriting: true }]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <form onSubmit={submit}>
      <Textarea
        label="Question"
        autosize
        minRows={2}
        maxLength={QUESTION_CHARS_MAX}
        value={question}
        onChange={(event) => setQuestion(event.currentTarget.value)}
      />
      <Group mt="sm" justify="space-between">
        <Text size="sm" c="dimmed">
          <Kbd>Ctrl</Kbd> + <Kbd>Enter</Kbd> asks
        </Text>
        {isAnswering ? (
          <Button type="button" variant="default" onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button type="submit" disabled={!question.trim()}>
            Ask
          </Button>
        )}
      </Group>
    </form>
  );
}
