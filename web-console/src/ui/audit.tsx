// Who moved the champion or a canary, from where to where, and why.
import type { AuditEntry } from '../api/schemas.js';
import { versionName } from '../words.js';
import { Moment } from './moment.js';

const SHOWN_MAX = 12;

const SENTENCES: Record<string, (to: string, from: string) => string> = {
  promote: (to) => `${to} promoted`,
  rollback: (to, from) => `Rolled back${from} to ${to.toLowerCase()}`,
  canary_start: (to) => `${to} goes on canary`,
  canary_step: (to) => `Canary: ${to.toLowerCase()} gets more conversations`,
  canary_wait: (to) => `Canary: ${to.toLowerCase()} waits for an operator`,
  canary_pause: (to) => `Canary: ${to.toLowerCase()} paused`,
  canary_resume: (to) => `Canary: ${to.toLowerCase()} goes on`,
  canary_abort: (to, from) => `Canary ended${from}, back to ${to.toLowerCase()}`,
  canary_rollback: (to, from) => `Canary failed: rolled back${from} to ${to.toLowerCase()}`,
};

function sentence({ action, fromVersion, toVersion }: AuditEntry): string {
  if (toVersion === undefined || toVersion === null) return action;
  const from =
    fromVersion === undefined || fromVersion === null ? '' : ` from ${versionName(fromVersion).toLowerCase()}`;
  const to = versionName(toVersion);
  const sentenceOf = SENTENCES[action];
  return sentenceOf ? sentenceOf(to, from) : action.replaceAll('_', ' ');
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
