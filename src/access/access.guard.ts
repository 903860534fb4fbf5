// Lets a request through when whoever makes it has the role that the route asks for, for the assistant that it is about. Closed by
// default: a route that says nothing is for operators of all assistants.
import { CanActivate, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { askedBy } from '../config/correlation.js';
import { AccessError, mayOnlyLook, passwordChangeRequired } from './access-error.js';
import type { Actor, RequestWithActor } from './actor.js';
import { AssistantsOf, type AssistantOf } from './assistant-of.js';
import type { Role } from './roles.js';
import { Sessions } from './sessions.js';

/** Who may use a route. */
export interface Access {
  /** `signed-in`: whoever has proved who they are, with any role or none. */
  needed: Role | 'public' | 'signed-in';
  /** Default: by the path's slug, if it has one; else for all assistants. */
  of?: AssistantOf;
  /** Who must change their password may do this before. */
  beforeOwnPassword?: boolean;
  /** Tokens are not looked at: who renews one has one that has expired. */
  tokenless?: boolean;
}

const ACCESS = 'retune:access';
const CLOSED: Access = { needed: 'operator' };
const LOOKING = new Set(['GET', 'HEAD']);

/** Says who may use a route or a controller's routes. */
export const Guarded = (access: Access) => SetMetadata(ACCESS, access);

/** The routes need no token; one that is sent must still be right. */
export const Public = () => Guarded({ needed: 'public' });

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly sessions: Sessions,
    private readonly assistants: AssistantsOf,
    private readonly reflector: Reflector,
  ) {}

  /**
   * @throws AccessError `access.token_missing`, `access.token_unknown`, `access.token_expired`, `access.role_missing`,
   * `access.not_found`, `access.read_only`, `access.password_change_required`
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets) ?? CLOSED;
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    const actor = access.tokenless ? undefined : await this.identify(request);
    if (actor) await this.check(actor, access, request);
    else if (access.needed !== 'public') {
      throw new AccessError('access.token_missing', 'Send a token: Authorization: Bearer …', 'unauthenticated');
    }
    return true;
  }

  private async identify(request: RequestWithActor): Promise<Actor | undefined> {
    const header = request.header('authorization');
    if (!header) return undefined;
    const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
    if (!token) throw new AccessError('access.token_unknown', 'This is no bearer token.', 'unauthenticated');
    request.actor = await this.sessions.actorOf(token, request.header('x-retune-actor'));
    askedBy(request.actor);
    return request.actor;
  }

  private async check(actor: Actor, access: Access, request: RequestWithActor): Promise<void> {
    const { needed, of = request.params.slug === undefined ? 'all' : 'slug' } = access;
    // A public route that is about something (a rating) is used with a token by agents.
    const role = needed === 'public' ? access.of && 'agent' : needed;
    if (!role) return;
    if (actor.mustChangePassword && !access.beforeOwnPassword) throw passwordChangeRequired();
    if (actor.readOnly && !LOOKING.has(request.method)) throw mayOnlyLook();
    if (role === 'signed-in') return;
    if (actor.may(role, null)) return;
    if (of === 'any') return assertRole(actor.assistantIds(role).length > 0, role);
    if (of === 'all') return assertRole(false, role, 'all assistants');
    await this.checkThing(actor, role, of, request);
  }

  /** What somebody has no role for at all is as if it were not there, except assistants, whose names are no secret. */
  private async checkThing(
    actor: Actor,
    role: Role,
    of: Exclude<AssistantOf, 'any' | 'all'>,
    { params }: RequestWithActor,
  ): Promise<void> {
    const assistantId = await this.assistants.find(of, String(of === 'slug' ? params.slug : params.id));
    const isTheirs = assistantId !== undefined && actor.roleFor(assistantId) !== undefined;
    if (of !== 'slug' && !isTheirs) throw new AccessError('access.not_found', 'There is no such thing.', 'notFound');
    assertRole(isTheirs && actor.may(role, assistantId), role);
  }
}

function assertRole(isMet: boolean, role: Role, where = 'this assistant'): void {
  if (!isMet) throw new AccessError('access.role_missing', `This needs the role ${role} for ${where}.`, 'forbidden');
}
