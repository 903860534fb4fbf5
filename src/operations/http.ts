// What every HTTP request meets before its route: a correlation id, safe headers, a bounded body, validation, and problem details.
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { ProblemFilter } from '../access/problem.filter.js';
import { validationPipe } from '../access/validation.js';
import type { TrustedProxies } from '../config/client-address.js';
import { withCorrelation } from '../config/correlation.js';

const BODY_BYTES_MAX = 512 * 1024;

/** Prepares an application that has not begun to listen. */
export function configureHttp(app: NestExpressApplication, trustedProxies: TrustedProxies): void {
  app.set('trust proxy', trustedProxies);
  app.use(correlate, safeHeaders());
  app.useBodyParser('json', { limit: BODY_BYTES_MAX });
  app.disable('x-powered-by');
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter());
}

/** Takes the id of a proxy in front of us, or makes one; the answer tells it. */
function correlate(request: Request, response: Response, next: NextFunction): void {
  withCorrelation(request.header('x-request-id'), (id) => {
    response.setHeader('X-Request-Id', id);
    next();
  });
}

function safeHeaders() {
  return helmet({
    // Other sites embed the widget's script, which the default would forbid.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // Whether there is TLS, and for which names, is the business of whoever ends it in front of us.
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
}
