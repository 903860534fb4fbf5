// Measures every HTTP request, and logs the ones that failed on our side or were slow: quiet when all is well.
import { Injectable, Logger, NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Metrics } from './metrics.js';

const SLOW_MS = 5_000;

@Injectable()
export class RequestLog implements NestMiddleware {
  private readonly logger = new Logger('Request');

  constructor(private readonly metrics: Metrics) {}

  use(request: Request, response: Response, next: NextFunction): void {
    const begin = performance.now();
    response.once('finish', () => {
      const { method, path } = request;
      const status = response.statusCode;
      const durationMs = Math.round(performance.now() - begin);
      this.metrics.observe({ method, route: routeOf(request), status, seconds: durationMs / 1000 });
      const told = { method, path, status, durationMs };
      if (status >= 500 || durationMs > SLOW_MS) this.logger.warn('Request', told);
      else this.logger.debug('Request', told);
    });
    next();
  }
}

/** The pattern that matched, e.g. `/api/v1/messages/:id/ratings`. */
function routeOf(request: Request): string {
  const path = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' && !path.includes('{*') ? path : 'other';
}
