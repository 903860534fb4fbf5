// Warns while a correction is written that it names somebody: what is learnt is said to everybody.
import { Alert, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.js';
import { personalDataSchema } from '../../api/schemas/review.js';

const PAUSE_MS = 500;
const KINDS: Record<string, string> = {
  key: 'a key or password',
  email: 'an e-mail address',
  iban: 'an account number',
  card: 'a card number',
  ip: 'an internet address',
  id: 'an identity number',
  birthdate: 'a date of birth',
  phone: 'a phone number',
  address: 'a postal address',
  name: 'a name',
};

export function PersonalDataWarning({ messageId, text }: { messageId: string; text: string }) {
  const [checked] = useDebouncedValue(text.trim(), PAUSE_MS);
  const path = `/api/v1/messages/${messageId}/personal-data`;
  const { data } = useQuery({
    queryKey: [path, checked],
    queryFn: () => api.send('POST', path, { text: checked }, personalDataSchema),
    enabled: checked !== '',
    placeholderData: (before) => before,
  });
  if (!data || checked === '' || data.findings.length === 0) return null;
  return (
    <Alert color="yellow" role="status" title="There is personal data in it">
      <Text size="sm">
        {data.findings.map(({ kind, text: found }) => `“${found}” (${KINDS[kind] ?? kind})`).join(', ')}.{' '}
        {data.heldBack
          ? 'Only this customer can be told that: it is kept out of training and memory.'
          : 'It is taken out before anything is learnt:'}
      </Text>
      {!data.heldBack && (
        <Text size="sm" className="said" mt={4}>
          {data.learnt}
        </Text>
      )}
    </Alert>
  );
}
