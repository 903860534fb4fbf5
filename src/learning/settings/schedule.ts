// When a schedule fires: cron expressions in the service's local time, which may be another one than that of whoever looks.
import { CronTime } from 'cron';
import { NEVER } from '../../config/schedule-text.js';

/** The first moment of a schedule after `from`; undefined for never. */
export function nextMoment(schedule: string, from: Date): Date | undefined {
  if (schedule === NEVER) return undefined;
  return new CronTime(schedule, serviceTimeZone()).getNextDateFrom(from, serviceTimeZone()).toJSDate();
}

/** The service's time zone, e.g. `Europe/Berlin`. */
export function serviceTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
