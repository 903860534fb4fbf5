// Nest's console logger with our two settings, and the request's correlation id in every line written while serving it.
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { correlationId } from './correlation.js';
import type { Environment } from './environment.js';

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];

/** What Nest tells about its own start, dozens of lines that only matter to somebody who debugs it. */
const FRAMEWORK = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

class CorrelatedLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (FRAMEWORK.has(String(rest.at(-1)))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  protected override getJsonLogObject(...args: Parameters<ConsoleLogger['getJsonLogObject']>) {
    const id = correlationId();
    return { ...super.getJsonLogObject(...args), ...(id && { correlationId: id }) };
  }

  protected override formatContext(context: string): string {
    const id = correlationId();
    return super.formatContext(context) + (id ? `(${id}) ` : '');
  }
}

/** The process's logger: `LOG_FORMAT` pretty or json, from `LOG_LEVEL` upwards. */
export function createLogger({ LOG_FORMAT, LOG_LEVEL }: Pick<Environment, 'LOG_FORMAT' | 'LOG_LEVEL'>): ConsoleLogger {
  return new CorrelatedLogger({
    prefix: 'Retune',
    json: LOG_FORMAT === 'json',
    logLevels: LEVELS.slice(0, LEVELS.indexOf(LOG_LEVEL) + 1),
    redact: ['token', 'authorization', 'password'],
  });
}
