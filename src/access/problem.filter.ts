// Answers every failure of an HTTP request as problem details, and logs those that nobody foresaw.
import { randomUUID } from 'node:crypto';
import { ArgumentsHost, Catch, ExceptionFilter, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { correlationId } from '../config/correlation.js';
import { problemOf } from './problem-details.js';

const RETRY_AFTER_SECONDS = 2;

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Request');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const id = correlationId() ?? randomUUID();
    const { problem, expected } = problemOf(error, { instance: request.path, correlationId: id });
    if (!expected) this.logger.error(`${request.method} ${request.path} failed (${id})`, stackOf(error));
    // A stream that broke half-way has its status already; cutting it is the only honest sign left.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (problem.status === 503) response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
    if (problem.retryAfterMs !== undefined) {
      response.setHeader('Retry-After', String(Math.ceil(problem.retryAfterMs / 1000)));
    }
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
