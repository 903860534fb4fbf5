// What the service answers, as its router has it: for whoever started it and wants to walk it all.
import type { NestExpressApplication } from '@nestjs/platform-express';

interface Layer {
  route?: { path: unknown; methods: Record<string, boolean> };
}

/** Every route, e.g. `GET /api/v1/assistants/:slug`. Folders of files are none. Call it after `init`. */
export function routesOf(app: NestExpressApplication): string[] {
  const { router } = app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } };
  return router.stack.flatMap(({ route }) =>
    typeof route?.path === 'string'
      ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path as string}`)
      : [],
  );
}
