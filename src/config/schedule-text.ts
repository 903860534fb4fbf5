// A schedule as an operator writes it: a cron expression, or `off` for never.
import { validateCronExpression } from 'cron';

/** Said in place of a cron expression for never. */
export const NEVER = 'off';
/** What is said of a text that is no schedule. */
export const NO_SCHEDULE = `must be a cron expression, or \`${NEVER}\``;

export const isSchedule = (text: string): boolean => text === NEVER || validateCronExpression(text).valid;
