// The shapes of the timeline over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import type { Band } from './bands.js';
import { MARKER_KINDS, type Marker } from './timeline.js';

const MARKERS_MAX = 1_000;
const DAY_MS = 86_400_000;
const DAYS = 30;

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

export const timelineQuerySchema = z
  .object({
    from: moment.optional().describe(`Default: ${DAYS} days before \`to\`.`),
    to: moment.optional().describe('Default: now.'),
    limit: z.coerce.number().int().min(1).max(MARKERS_MAX).default(500).describe('Markers; the newest are kept.'),
  })
  .transform(({ from, to = new Date(), limit }) => ({
    from: from ?? new Date(to.getTime() - DAYS * DAY_MS),
    to,
    limit,
  }));
export const servedQuerySchema = z.object({ at: moment.describe('A moment, e.g. `2026-03-01T12:00:00Z`.') });

const bandSchema = z.object({
  kind: z.enum(['champion', 'canary']),
  version: z.int().describe('0 is the base model.'),
  from: z.iso.datetime().nullable().describe('null: from the beginning.'),
  to: z.iso.datetime().nullable().describe('null: still.'),
  share: z.number().describe('Of new conversations, 0 … 1; a paused canary has 0.'),
  rolloutId: z.uuid().nullable(),
});
export const timelineSchema = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  bands: z.array(bandSchema).describe('Who served when, oldest first: the champion without a gap, canaries over it.'),
  markers: z
    .array(
      z.object({
        id: z.string(),
        at: z.iso.datetime(),
        kind: z.enum(MARKER_KINDS),
        action: z.string().describe("A deployment's action, a run's status, the gate's verdict."),
        fromVersion: z.int().nullable(),
        version: z.int().nullable().describe('Of a prompt: the prompt version.'),
        actor: z.string().nullable(),
        text: z.string().nullable().describe("The reason given, the gate's summary, or why a run failed."),
        runId: z.uuid().nullable(),
        rolloutId: z.uuid().nullable(),
      }),
    )
    .describe('Newest first.'),
});
export const servedSchema = z.object({
  at: z.iso.datetime(),
  championVersion: z.int(),
  canary: bandSchema.nullable(),
});

export const toBandView = (band: Band): z.infer<typeof bandSchema> => ({
  ...band,
  from: band.from?.toISOString() ?? null,
  to: band.to?.toISOString() ?? null,
});
export const toMarkerView = (marker: Marker) => ({ ...marker, at: marker.at.toISOString() });
