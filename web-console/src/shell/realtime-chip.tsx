// Says that changes are not told as they happen; while they are, there is nothing to say.
import { Tooltip } from '@mantine/core';
import { useRealtime } from '../live/realtime.js';
import { ToneBadge } from '../parts/badges.js';

export function RealtimeChip() {
  const state = useRealtime();
  return (
    <span role="status">
      {state === 'down' && (
        <Tooltip label="What you see is asked for again every few seconds until the connection is back.">
          <span tabIndex={0}>
            <ToneBadge tone="warn">Live updates are down</ToneBadge>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
