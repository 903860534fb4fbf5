// The adapter versions of an assistant, newest first, the base model last, with what can be done with each.
import type { AdapterVersion } from '../api/schemas.js';
import { size, versionName, withoutVerdict } from '../words.js';
import { Badge } from './badge.js';
import { Moment } from './moment.js';

interface VersionsProps {
  versions: AdapterVersion[];
  champion: number;
  promote: (version: number) => void;
  rollBack: (version: number) => void;
}

/** Version 0 is the base model; it has no row of its own in the service. */
function withBase(versions: AdapterVersion[], champion: number): AdapterVersion[] {
  const known = versions.filter(({ version }) => version !== 0).sort((a, b) => b.version - a.version);
  return [...known, { version: 0, status: champion === 0 ? 'champion' : 'retired' }];
}

export function Versions({ versions, champion, promote, rollBack }: VersionsProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Adapter versions">
      <table>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Gate</th>
            <th scope="col">Parent</th>
            <th scope="col">Size</th>
            <th scope="col">Created</th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {withBase(versions, champion).map((each) => (
            <VersionRow
              key={each.version}
              each={each}
              isChampion={each.version === champion}
              promote={() => promote(each.version)}
              rollBack={() => rollBack(each.version)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface VersionRowProps {
  each: AdapterVersion;
  isChampion: boolean;
  promote: () => void;
  rollBack: () => void;
}

function VersionRow({ each, isChampion, promote, rollBack }: VersionRowProps) {
  const { version, parentVersion } = each;
  return (
    <tr class={isChampion ? 'is-champion' : ''}>
      <th scope="row">
        <span class="name">{versionName(version)}</span>
        {isChampion ? <Badge state="champion" /> : version > 0 && <Badge state={each.status} />}
      </th>
      <td class="gate">
        <GateVerdict each={each} />
      </td>
      <td>{version === 0 ? '–' : versionName(parentVersion ?? 0)}</td>
      <td class="number">{each.sizeBytes ? size(each.sizeBytes) : '–'}</td>
      <td>
        <Moment at={each.createdAt} />
      </td>
      <td class="do">
        <VersionAction each={each} isChampion={isChampion} promote={promote} rollBack={rollBack} />
      </td>
    </tr>
  );
}

/** What may be done with a version: one that was refused, nothing. */
function VersionAction({ each: { version, status }, isChampion, promote, rollBack }: VersionRowProps) {
  const name = versionName(version);
  if (isChampion) return <span class="muted">Answers now</span>;
  if (status === 'rejected') return <span class="muted">Not promotable</span>;
  if (version === 0 || status === 'retired')
    return (
      <button type="button" aria-label={`Roll back to ${name}`} onClick={rollBack}>
        Roll back
      </button>
    );
  return (
    <button type="button" class="primary" aria-label={`Promote: ${name}`} onClick={promote}>
      Promote
    </button>
  );
}

function GateVerdict({ each: { version, gateReport } }: { each: AdapterVersion }) {
  if (version === 0) return <p>The model as it was made, without an adapter.</p>;
  if (!gateReport?.verdict) return <p>{gateReport?.summary ?? 'No gate report.'}</p>;
  return (
    <>
      <Badge state={gateReport.verdict} />
      <p>{withoutVerdict(gateReport.summary ?? '', gateReport.verdict)}</p>
    </>
  );
}
