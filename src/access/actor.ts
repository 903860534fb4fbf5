// Who makes a request: resolved once by the guard, handed to handlers that record it (audit, corrections) or show only what this actor may see.
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Who } from '../config/correlation.js';
import { higher, includes, type Grant, type Role } from './roles.js';

export interface ActorParts extends Who {
  kind: 'user' | 'key' | 'token';
  grants: readonly Grant[];
  /** A key that may only look. */
  readOnly?: boolean;
  /** A person who must choose a password of their own before anything else. */
  mustChangePassword?: boolean;
  /** The sign-in that this is part of. */
  sessionId?: string;
}

/** A person or program that has proved who it is, and what it may do. */
export class Actor implements Who {
  readonly kind: 'user' | 'key' | 'token';
  readonly id: string | null;
  readonly name: string;
  readonly readOnly: boolean;
  readonly mustChangePassword: boolean;
  readonly sessionId: string | undefined;
  private readonly everywhere: Role | undefined;
  private readonly each: ReadonlyMap<string, Role>;

  constructor({ kind, id, name, grants, readOnly = false, mustChangePassword = false, sessionId }: ActorParts) {
    this.kind = kind;
    this.id = id;
    this.name = name;
    this.readOnly = readOnly;
    this.mustChangePassword = mustChangePassword;
    this.sessionId = sessionId;
    const each = new Map<string, Role>();
    for (const { assistantId, role } of grants) {
      if (assistantId === null) this.everywhere = higher(this.everywhere, role);
      else each.set(assistantId, higher(each.get(assistantId), role));
    }
    this.each = each;
  }

  /** The assistants that this actor has any role for: all, or each with its role. */
  get assistants(): 'all' | ReadonlyMap<string, Role> {
    return this.everywhere ? 'all' : this.each;
  }

  /** The role for an assistant; for all of them (also those that are made later) where null is asked. */
  roleFor(assistantId: string | null): Role | undefined {
    const own = assistantId === null ? undefined : this.each.get(assistantId);
    return own ? higher(this.everywhere, own) : this.everywhere;
  }

  /** Whether this actor has the role (or a higher one) for an assistant, or for all where null is asked. */
  may(role: Role, assistantId: string | null): boolean {
    return includes(this.roleFor(assistantId), role);
  }

  /** The ids of the assistants for which this actor has the role: what a list may show. */
  assistantIds(role: Role): 'all' | string[] {
    if (includes(this.everywhere, role)) return 'all';
    return [...this.each.keys()].filter((id) => this.may(role, id));
  }
}

/** A request after the guard has seen it. */
export interface RequestWithActor extends Request {
  actor?: Actor;
}

const NAME_CHARS_MAX = 80;

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/g;

/** What somebody calls themselves (`X-Retune-Actor`); control characters are dropped, so that a name can't forge log lines. */
export function spokenName(header: string | undefined): string {
  return (header ?? '').replaceAll(CONTROL, '').trim().slice(0, NAME_CHARS_MAX);
}

/** The request's actor; always there, on a public route only when a token was sent. */
export const CurrentActor = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<RequestWithActor>().actor,
);
