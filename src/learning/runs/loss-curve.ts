// The loss curve that a run keeps: at most so many points, however long it trains. Pure.
import type { LossPoint } from '../../database/entities/training-run.entity.js';

/** Points kept; a picture on a screen shows no more. */
export const CURVE_POINTS_MAX = 200;

/**
 * The curve with one more point. Steps that a resumed run takes again replace what they were; when it is full, every second point
 * goes.
 */
export function withPoint(curve: readonly LossPoint[], point: LossPoint): LossPoint[] {
  const longer = [...curve.filter(([step]) => step < point[0]), point];
  return longer.length <= CURVE_POINTS_MAX ? longer : longer.filter((_, i) => i % 2 === 0 || i === longer.length - 1);
}
