// Who moved the champion, from where to where, and why.
import type { AuditEntry } from '../api/schemas.js';
import { versionName } from '../words.js';
import { Moment } from './moment.js';

const SHOWN_MAX = 12;

function sentence({ action, fromVersion, toVersion }: AuditEntry): string {
  if (toVersion === undefined || toVersion === null) return action;
  const from =
    fromVersion === undefined || fromVersion === null ? '' : ` from ${versionName(fromVersion).toLowerCase()}`;
  const to = versionName(toVersion);
  return action === 'rollback' ? `Rolled back${from} to ${to.toLowerCase()}` : `${to} promoted`;
}

export function Audit({ entries }: { entries: AuditEntry[] }) {
  if (entries.length === 0)
    return <p class="empty">Nothing yet. Each promotion and rollback is written here, with its reason.</p>;
  return (
    <ol class="rows">
      {entries.slice(0, SHOWN_MAX).map((entry) => (
        <li key={entry.id}>
          <div class="row-head">
            <b>{sentence(entry)}</b>
            <span class="muted">
              <Moment at={entry.createdAt} /> by {entry.actor}
            </span>
          </div>
          {entry.reason && <p>{entry.reason}</p>}
        </li>
      ))}
    </ol>
  );
}
