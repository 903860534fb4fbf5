// The shapes of an assistant's schedule and budget over REST: each gives the type, the validation and the documentation.
import { z } from 'zod';
import { isSchedule, NO_SCHEDULE } from '../../config/schedule-text.js';

const CRON_CHARS_MAX = 100;
const REASON_CHARS_MAX = 1_000;
const MONTH_MINUTES_MAX = 31 * 24 * 60;

const own = z.object({
  schedule: z
    .string()
    .trim()
    .max(CRON_CHARS_MAX)
    .refine(isSchedule, NO_SCHEDULE)
    .describe("When a run starts by itself: cron, in the service's local time; `off` for never."),
  minExamples: z.int().min(1).max(1_000_000).describe('New examples that start a run by themselves.'),
  maxMinutes: z.int().min(1).max(10_080).describe('Longest training of one run, in minutes.'),
  maxTokens: z.int().min(1_000).max(1_000_000_000).describe('Most tokens that one run learns from.'),
  niceness: z.int().min(0).max(19).describe('How far a run gives way to chats on the CPU; 19 most.'),
});
const monthMinutes = z
  .int()
  .min(1)
  .max(MONTH_MINUTES_MAX)
  .nullable()
  .describe('Minutes of work in a calendar month after which nothing starts by itself; null: no such limit.');

/** What an operator sets; null: what the environment says. */
const ownFields = z.object({
  schedule: own.shape.schedule.nullable().default(null),
  minExamples: own.shape.minExamples.nullable().default(null),
  maxMinutes: own.shape.maxMinutes.nullable().default(null),
  maxTokens: own.shape.maxTokens.nullable().default(null),
  niceness: own.shape.niceness.nullable().default(null),
  monthMinutes: monthMinutes.default(null),
});
export type OwnLearningSettings = z.infer<typeof ownFields>;

export const learningSettingsChangeSchema = ownFields.extend({
  reason: z.string().trim().max(REASON_CHARS_MAX).default('').describe('Why; kept in the audit.'),
});

export const learningSettingsSchema = z.object({
  own: ownFields.describe('What was set for this assistant; null: the default holds.'),
  defaults: own.describe('What holds where nothing was set: the environment.'),
  inForce: own.extend({ monthMinutes }),
  nextAt: z.iso.datetime().nullable().describe('When the schedule fires next; null: never.'),
  timeZone: z.string().describe("The service's, which the schedule is in."),
  minutesThisMonth: z.number().describe('Worked on runs of this assistant since the month began.'),
  newExamples: z.int().describe('What the champion has not learnt yet.'),
  updatedBy: z.string().nullable(),
  updatedAt: z.iso.datetime().nullable(),
});
export type LearningSettingsView = z.infer<typeof learningSettingsSchema>;
export type LearningDefaults = z.infer<typeof own>;
export type LearningInForce = LearningSettingsView['inForce'];
