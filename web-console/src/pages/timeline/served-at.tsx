// Who answered at one moment: for a complaint about what somebody was told on a certain day.
import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useRead } from '../../api/read.js';
import { servedSchema } from '../../api/schemas/versions.js';
import { Card } from '../../parts/card.js';
import { Loaded } from '../../parts/load.js';
import { percent, versionName } from '../../words.js';

/** In the person's own time, as the field wants it: to the second, without a zone. */
const fieldValue = (moment: Date) =>
  new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);

export function ServedAt({ base }: { base: string }) {
  const [text, setText] = useState(() => fieldValue(new Date()));
  const moment = new Date(text);
  const isMoment = !Number.isNaN(moment.getTime());
  const served = useRead(`${base}/timeline/served`, servedSchema, {
    ...{ query: { at: isMoment ? moment.toISOString() : undefined }, enabled: isMoment, keep: true },
  });
  return (
    <Card title="Who served at …">
      <TextInput
        {...{ type: 'datetime-local', step: 1, label: 'Moment', value: text, maw: 260, mb: 'sm' }}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Loaded of={served}>
        {({ championVersion, canary }) => (
          <Text role="status">
            <b>{versionName(championVersion)}</b> answered
            {canary && canary.share > 0
              ? `, and ${versionName(canary.version).toLowerCase()} ${percent(canary.share)} of new conversations, as a canary.`
              : '.'}
          </Text>
        )}
      </Loaded>
    </Card>
  );
}
