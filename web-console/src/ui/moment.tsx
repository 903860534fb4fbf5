// A moment as "3 minutes ago", with the exact time for whoever needs it.
import { ago, exactly } from '../words.js';

export function Moment({ at }: { at?: Date | null }) {
  if (!at) return <span class="muted">–</span>;
  return (
    <time dateTime={at.toISOString()} title={exactly(at)}>
      {ago(at)}
    </time>
  );
}
