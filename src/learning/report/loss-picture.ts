// The loss of a run over its steps as a small SVG: no library, no script, no text but numbers of our own.
import type { LossPoint } from '../../database/entities/training-run.entity.js';

const [WIDTH, HEIGHT] = [640, 240];
const MARGIN = { left: 52, right: 16, top: 16, bottom: 36 };

/** Draws the finite points; one sentence when there are fewer than two. */
export function lossPicture(curve: readonly LossPoint[]): string {
  const points = curve.filter((point): point is [number, number] => Number.isFinite(point[1] ?? NaN));
  const label = labelOf(points);
  const body =
    points.length < 2 ? `<text x="${WIDTH / 2}" y="${HEIGHT / 2}" text-anchor="middle">${label}</text>` : plot(points);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${label}">`,
    `<title>${label}</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<g font-family="system-ui, sans-serif" font-size="12" fill="#444">${body}</g>`,
    '</svg>',
  ].join('\n');
}

function labelOf(points: readonly [number, number][]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return 'No loss was recorded yet.';
  return `Training loss, from ${first[1].toFixed(3)} at step ${first[0]} to ${last[1].toFixed(3)} at step ${last[0]}`;
}

function plot(points: readonly [number, number][]): string {
  const steps = points.map(([step]) => step);
  const top = Math.max(...points.map(([, loss]) => loss), Number.MIN_VALUE);
  const [from, to] = [Math.min(...steps), Math.max(...steps)];
  const x = (step: number) =>
    MARGIN.left + ((step - from) / Math.max(1, to - from)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (loss: number) =>
    HEIGHT - MARGIN.bottom - (Math.max(0, loss) / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const grid = [0, 0.5, 1].map((share) => {
    const at = y(share * top).toFixed(1);
    const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}" stroke="#ddd"/>`;
    return `${line}<text x="${MARGIN.left - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${(share * top).toFixed(2)}</text>`;
  });
  const path = points.map(([step, loss]) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join(' ');
  const base = HEIGHT - MARGIN.bottom + 16;
  return [
    ...grid,
    `<polyline points="${path}" fill="none" stroke="#2458c5" stroke-width="2" stroke-linejoin="round"/>`,
    `<text x="${MARGIN.left}" y="${base}">step ${from}</text>`,
    `<text x="${WIDTH - MARGIN.right}" y="${base}" text-anchor="end">step ${to}</text>`,
  ].join('\n');
}
