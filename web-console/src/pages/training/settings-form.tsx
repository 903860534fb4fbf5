// Sets when training starts by itself and what it may cost. An empty field: what the service's configuration says.
import { Group, Modal, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import { learningSettingsSchema, type LearningSettings } from '../../api/schemas/training.js';
import { FormEnd } from '../../parts/form-end.js';
import { REASON_CHARS_MAX } from '../../parts/reason-field.js';

interface SettingsFormProps {
  path: string;
  settings: LearningSettings;
  opened: boolean;
  close: () => void;
}

const AS_CONFIGURED = 'configured';
const OWN_WORDS = 'own';
/** Schedules that most people want. */
const SCHEDULES = [
  { value: '0 3 * * *', label: 'Every night at 3:00' },
  { value: '0 3 * * 0', label: 'Every Sunday at 3:00' },
  { value: '0 */6 * * *', label: 'Every six hours' },
  { value: 'off', label: 'Never' },
];

export function SettingsForm({ opened, close, ...more }: SettingsFormProps) {
  return (
    <Modal opened={opened} onClose={close} title="Schedule and budget" size="lg">
      <Fields {...more} close={close} />
    </Modal>
  );
}

type Limit = 'minExamples' | 'maxMinutes' | 'maxTokens' | 'monthMinutes' | 'niceness';
const LIMITS: { name: Limit; label: string; min: number; max: number }[] = [
  { name: 'minExamples', label: 'New examples that start a run', min: 1, max: 1_000_000 },
  { name: 'monthMinutes', label: 'Minutes a month, for what starts by itself', min: 1, max: 44_640 },
  { name: 'maxMinutes', label: 'Longest run, minutes', min: 1, max: 10_080 },
  { name: 'maxTokens', label: 'Most tokens a run', min: 1_000, max: 1_000_000_000 },
  { name: 'niceness', label: 'How far it gives way to chats (0–19)', min: 0, max: 19 },
];

function Fields({ path, settings, close }: Omit<SettingsFormProps, 'opened'>) {
  const { defaults, timeZone } = settings;
  const { schedule: before, ...own } = settings.own;
  const [schedule, setSchedule] = useState(before);
  const [limits, setLimits] = useState<Record<Limit, number | null>>(own);
  const [reason, setReason] = useState('');
  const save = useWrite((body: object) => api.send('PUT', path, body, learningSettingsSchema), {
    ...{ invalidates: [path], done: 'Schedule and budget are set.', quiet: true },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ ...limits, schedule, reason: reason.trim() }, { onSuccess: close });
  };
  const usual = (name: Limit) => (name === 'monthMinutes' ? 'No limit' : defaults[name].toLocaleString('en'));
  return (
    <form onSubmit={submit}>
      <Stack>
        <ScheduleFields {...{ schedule, setSchedule, timeZone }} usual={defaults.schedule} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {LIMITS.map(({ name, ...field }) => (
            <NumberInput
              key={name}
              {...field}
              allowDecimal={false}
              thousandSeparator=","
              placeholder={usual(name)}
              value={limits[name] ?? ''}
              onChange={(value) => setLimits({ ...limits, [name]: typeof value === 'number' ? value : null })}
            />
          ))}
        </SimpleGrid>
        <TextInput
          label="Reason"
          description="Kept in the audit."
          maxLength={REASON_CHARS_MAX}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <FormEnd {...{ error: save.error, isBusy: save.isPending, close, leave: 'Leave it', action: 'Save' }} />
      </Stack>
    </form>
  );
}

interface ScheduleFieldsProps {
  schedule: string | null;
  setSchedule: (schedule: string | null) => void;
  timeZone: string;
  /** What the configuration says. */
  usual: string;
}

function ScheduleFields({ schedule, setSchedule, timeZone, usual }: ScheduleFieldsProps) {
  const isListed = SCHEDULES.some(({ value }) => value === schedule);
  const [isOwn, setOwn] = useState(schedule !== null && !isListed);
  const usualWords = SCHEDULES.find(({ value }) => value === usual)?.label ?? usual;
  const choose = (value: string | null) => {
    setOwn(value === OWN_WORDS);
    if (value === AS_CONFIGURED) setSchedule(null);
    else if (value && value !== OWN_WORDS) setSchedule(value);
  };
  return (
    <Group grow align="flex-start">
      <Select
        label="Start by itself"
        description={`In the service’s time, ${timeZone}`}
        allowDeselect={false}
        data={[
          { value: AS_CONFIGURED, label: `As configured: ${usualWords}` },
          ...SCHEDULES,
          { value: OWN_WORDS, label: 'At other times…' },
        ]}
        value={isOwn ? OWN_WORDS : (schedule ?? AS_CONFIGURED)}
        onChange={choose}
      />
      {isOwn && (
        <TextInput
          label="Cron expression"
          description="minute hour day month weekday"
          required
          value={schedule ?? ''}
          onChange={(event) => setSchedule(event.currentTarget.value)}
        />
      )}
    </Group>
  );
}
