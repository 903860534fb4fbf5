// A difference and where it certainly lies, as numbers and as a bar around zero.
import { Group } from '@mantine/core';

const WIDTH_PX = 120;
const HEIGHT_PX = 14;

/** A share as points of a hundred, with its sign. */
export const points = (share: number): string => `${signed(share)} points`;

/** The two ends of a range of shares, as points. */
export const ends = (range: readonly number[]): string => range.map(signed).join(' … ');

function signed(share: number): string {
  const whole = Math.round(share * 100);
  return `${whole > 0 ? '+' : whole < 0 ? '−' : '±'}${Math.abs(whole)}`;
}

export function Interval({ range, goodIsLess = false }: { range: readonly number[]; goodIsLess?: boolean }) {
  const [low = -1, high = 1] = range;
  const at = (share: number) => (WIDTH_PX * (share + 1)) / 2;
  const good = goodIsLess ? high < 0 : low > 0;
  const bad = goodIsLess ? low > 0 : high < 0;
  const colour = good ? 'var(--good)' : bad ? 'var(--bad)' : 'var(--plain)';
  return (
    <Group gap="xs" wrap="nowrap">
      <svg width={WIDTH_PX} height={HEIGHT_PX} aria-hidden>
        <line {...{ x1: 0, x2: WIDTH_PX, y1: HEIGHT_PX / 2, y2: HEIGHT_PX / 2 }} stroke="var(--plain-tint)" />
        <rect {...{ x: at(low), y: 4, width: Math.max(2, at(high) - at(low)), height: 6, rx: 3 }} fill={colour} />
        <line {...{ x1: WIDTH_PX / 2, x2: WIDTH_PX / 2, y1: 0, y2: HEIGHT_PX }} stroke="var(--mantine-color-dimmed)" />
      </svg>
      <span className="number">{ends(range)}</span>
    </Group>
  );
}
