// A moment as "3 minutes ago", with the exact time for whoever needs it.
import { ago, exactly } from '../words.js';

export function Moment({ at, whole = false }: { at?: Date | null; whole?: boolean }) {
  if (!at) return <span>–</span>;
  return (
    <time dateTime={at.toISOString()} title={exactly(at)} style={whole ? { whiteSpace: 'nowrap' } : undefined}>
      {whole ? exactly(at) : ago(at)}
    </time>
  );
}
