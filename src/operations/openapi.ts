// The OpenAPI document of all REST routes and its reading room: /api/v1/openapi.json and /api/docs.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEM_COMPONENT } from '../access/endpoint.js';

type OpenApiSchema = Exclude<NonNullable<OpenAPIObject['components']>['schemas'], undefined>[string];

/** Builds the document from the routes' decorators and schemas. */
export function openApiDocument(app: INestApplication, version: string): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setTitle('Retune')
    .setDescription(
      'A support assistant that learns from every rated conversation. Failures are RFC 9457 problem details.',
    )
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: "An agent's token: of a sign-in, a key, or the machines' own." },
      'agent',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: "An operator's; may do what agents may." },
      'operator',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: "An administrator's; may do what operators may." },
      'admin',
    )
    .build();
  const document = SwaggerModule.createDocument(app, settings, {
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '').toLowerCase()}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? { schema: toOpenApi(schema, schemaType) } : undefined,
  });
  const schemas = { ...document.components?.schemas, [PROBLEM_COMPONENT.name]: toOpenApi(PROBLEM_COMPONENT.schema) };
  return { ...document, components: { ...document.components, schemas } };
}

/** Serves the document and Swagger UI. */
export function mountOpenApi(app: INestApplication, version: string): void {
  let document: OpenAPIObject | undefined;
  const once = () => (document ??= openApiDocument(app, version));
  SwaggerModule.setup('api/docs', app, once, {
    jsonDocumentUrl: 'api/v1/openapi.json',
    yamlDocumentUrl: 'api/v1/openapi.yaml',
    customSiteTitle: 'Retune API',
  });
}

/** A schema as OpenAPI 3.0 knows it, without the noise that zod adds to make formats and integers checkable. */
function toOpenApi(schema: z.ZodType, io: 'input' | 'output' = 'output') {
  return z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format) delete jsonSchema.pattern;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  }) as OpenApiSchema;
}
