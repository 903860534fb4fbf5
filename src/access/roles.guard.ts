// Lets a request through when its bearer token proves the role that the route asks for. Closed by default: a route that says nothing
// is for operators.
import { CanActivate, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessError } from './access-error.js';
import { actorOf, type RequestWithActor } from './actor.js';
import { AccessTokens, roleOf, type Role } from './tokens.js';

const ACCESS = 'retune:access';

/** The route needs this role; an operator may also do what agents may. */
export const Roles = (role: Role) => SetMetadata(ACCESS, role);

/** The route needs no token; one that is sent must still be right. */
export const Public = () => SetMetadata(ACCESS, 'public');

@Injectable()
export class RolesGuard implements CanActivate {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly reflector: Reflector,
  ) {}

  /** @throws AccessError `access.token_missing`, `access.token_unknown`, `access.role_missing` */
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    const needed = this.reflector.getAllAndOverride<Role | 'public' | undefined>(ACCESS, targets) ?? 'operator';
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    const role = this.identify(request);
    if (role) request.actor = actorOf(role, request.header('x-retune-actor'));
    if (needed === 'public' || role === 'operator' || role === needed) return true;
    if (role) throw new AccessError('access.role_missing', `This needs the ${needed}'s token.`, 'forbidden');
    throw new AccessError(
      'access.token_missing',
      `Send the ${needed}'s token: Authorization: Bearer …`,
      'unauthenticated',
    );
  }

  private identify(request: RequestWithActor): Role | undefined {
    const header = request.header('authorization');
    if (!header) return undefined;
    const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
    const role = token && roleOf(token, this.tokens);
    if (role) return role;
    throw new AccessError('access.token_unknown', 'This token is not known here.', 'unauthenticated');
  }
}
