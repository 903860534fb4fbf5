// A request that doesn't have the form it must have; says for each part why.
import { RetuneError } from '../config/retune-error.js';

/** One refused part of a request. `path` is dotted, empty for the whole. */
export interface RequestIssue {
  path: string;
  message: string;
}

const ISSUES_MAX = 20;

export class RequestError extends RetuneError {
  readonly issues: RequestIssue[];

  constructor(issues: readonly RequestIssue[]) {
    const words = issues.slice(0, ISSUES_MAX).map(({ path, message }) => (path ? `${path}: ${message}` : message));
    super('request.invalid', words.join('; '));
    this.issues = issues.slice(0, ISSUES_MAX);
  }
}
