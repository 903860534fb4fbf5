// The one place where request parts meet their schemas: `@Body({ schema })`, `@Query({ schema })`, `@Param('id', { schema })`.
// The same schema documents the part in OpenAPI.
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { RequestError, type RequestIssue } from './request-error.js';

type SchemaIssue = Parameters<
  NonNullable<NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>['exceptionFactory']>
>[0][number];

/** Parses every request part that has a schema. @throws RequestError that names each refused part */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({ exceptionFactory: (issues) => new RequestError(issues.map(issueOf)) });
}

function issueOf({ path = [], message }: SchemaIssue): RequestIssue {
  return { path: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'), message };
}
