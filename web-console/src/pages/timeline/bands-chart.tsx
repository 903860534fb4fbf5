// The versions that served, drawn over time: the champion's lane, the canaries' above it as high as their share, and a mark for each event.
import { Group, Text } from '@mantine/core';
import type { Band, TimelineAnswer } from '../../api/schemas/versions.js';
import { exactly, percent, versionName } from '../../words.js';
import { KINDS } from './kinds.js';

const LANE_PX = 34;
const CANARY_TOP_PX = 22;
const CHAMPION_TOP_PX = CANARY_TOP_PX + LANE_PX + 6;
const HEIGHT_PX = CHAMPION_TOP_PX + LANE_PX + 4;
/** A share of a few percent is to be seen, too. */
const CANARY_PX_MIN = 4;
/** Narrower bands have no room for their number, % of the width. */
const LABEL_FROM = 5;
const MARK_PX = 4;
const GROUNDS = ['#4338ca', '#0b5563', '#7a2291', '#08603f', '#8a3a06', '#96204d'];
const BASE_GROUND = '#575b6d';

const groundOf = (version: number) =>
  version === 0 ? BASE_GROUND : (GROUNDS[(version - 1) % GROUNDS.length] ?? BASE_GROUND);

/** The stretch of time that is drawn: what was asked for, but no more than there is. */
function stretchOf({ from, to, bands, markers }: TimelineAnswer): [from: number, to: number] {
  const first = Math.min(
    ...bands.flatMap((band) => (band.from ? [band.from.getTime()] : [])),
    ...markers.map(({ at }) => at.getTime()),
    to.getTime(),
  );
  const margin = (to.getTime() - first) / 20 || 60_000;
  return [Math.max(from.getTime(), first - margin), to.getTime()];
}

export function BandsChart({ timeline }: { timeline: TimelineAnswer }) {
  const [from, to] = stretchOf(timeline);
  const place = (at: Date | null, otherwise: number) =>
    Math.min(100, Math.max(0, (100 * ((at?.getTime() ?? otherwise) - from)) / (to - from)));
  return (
    <figure style={{ margin: 0 }}>
      <svg width="100%" height={HEIGHT_PX} role="img" aria-label="Versions that served; the table below has the same">
        {timeline.markers.map(({ id, at, kind }) => (
          <circle key={id} cx={`${place(at, from)}%`} cy={10} r={MARK_PX} fill={KINDS[kind]?.colour ?? BASE_GROUND}>
            <title>{`${kind}, ${exactly(at)}`}</title>
          </circle>
        ))}
        {timeline.bands.map((band) => (
          <BandShape key={keyOf(band)} band={band} left={place(band.from, from)} right={place(band.to, to)} />
        ))}
      </svg>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {exactly(new Date(from))}
        </Text>
        <Text size="sm" c="dimmed">
          Dots: what happened. Upper lane: canaries, as high as their share. Lower lane: the champion.
        </Text>
        <Text size="sm" c="dimmed">
          {exactly(new Date(to))}
        </Text>
      </Group>
    </figure>
  );
}

export const keyOf = ({ kind, version, from }: Band) => `${kind} ${version} ${from?.getTime() ?? ''}`;

function BandShape({ band, left, right }: { band: Band; left: number; right: number }) {
  const { kind, version, share } = band;
  const isCanary = kind === 'canary';
  const height = isCanary ? Math.max(CANARY_PX_MIN, LANE_PX * share) : LANE_PX;
  const y = isCanary ? CANARY_TOP_PX + LANE_PX - height : CHAMPION_TOP_PX;
  const width = Math.max(0.15, right - left);
  return (
    <g>
      <rect {...{ x: `${left}%`, y, width: `${width}%`, height, rx: 3, fill: groundOf(version) }}>
        <title>{`${versionName(version)}${isCanary ? `, canary, ${percent(share)}` : ''}`}</title>
      </rect>
      {width > LABEL_FROM && height >= 14 && (
        <text {...{ x: `${left + 0.6}%`, y: y + height / 2 + 4, fill: '#fff', fontSize: 12 }}>
          {version === 0 ? 'base' : `v${version}`}
          {isCanary ? ` ${percent(share)}` : ''}
        </text>
      )}
    </g>
  );
}
