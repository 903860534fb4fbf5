// Who makes a request: resolved once by the guard, handed to handlers that record it (audit, corrections).
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Role } from './tokens.js';

/** A person or program with a token. `name` is what they call themselves (`X-Retune-Actor`), else their role. */
export interface Actor {
  role: Role;
  name: string;
}

/** A request after the guard has seen it. */
export interface RequestWithActor extends Request {
  actor?: Actor;
}

const NAME_CHARS_MAX = 80;

/** Names whoever presented a token; control characters are dropped, so that a name can't forge log lines. */
export function actorOf(role: Role, header: string | undefined): Actor {
  // eslint-disable-next-line no-control-regex
  const name = (header ?? '').replaceAll(/[\u0000-\u001f\u007f]/g, '').trim();
  return { role, name: name.slice(0, NAME_CHARS_MAX) || role };
}

/** The request's actor; with `@Roles` it is always there, on a `@Public` route only when a token was sent. */
export const CurrentActor = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<RequestWithActor>().actor,
);
