// REST of oneself: who I am, what I may do, my name and password.
import { Body, Controller, Get, Patch, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Assistant } from '../../database/entities/assistant.entity.js';
import { User } from '../../database/entities/user.entity.js';
import { AccessError } from '../access-error.js';
import { CurrentActor, type Actor } from '../actor.js';
import { Endpoint } from '../endpoint.js';
import type { Role } from '../roles.js';
import { Sessions } from '../sessions.js';
import { Users } from '../users/users.js';
import { placeOf } from './cookies.js';
import { changeMeSchema, meSchema, type Me } from './sign-in.schema.js';
import { SignIns } from './sign-ins.js';

@ApiTags('access')
@Controller('api/v1/me')
export class MeController {
  constructor(
    private readonly database: DataSource,
    private readonly signIns: SignIns,
    private readonly users: Users,
    private readonly sessions: Sessions,
  ) {}

  @Get()
  @Endpoint({ access: 'signed-in', beforeOwnPassword: true, summary: 'Who I am and what I may do', answer: meSchema })
  async show(@CurrentActor() actor: Actor): Promise<Me> {
    const { kind, id, name, mustChangePassword, readOnly } = actor;
    const user = kind === 'user' && id ? await this.database.manager.findOneBy(User, { id }) : null;
    const shown = { kind, id, name: user?.name ?? name, email: user?.email ?? null, mustChangePassword };
    return {
      user: { ...shown, hasPassword: Boolean(user?.passwordHash) },
      readOnly,
      roles: await this.rolesOf(actor),
    };
  }

  @Patch()
  @Endpoint({
    access: 'signed-in',
    beforeOwnPassword: true,
    summary: 'Change my name or password',
    description: 'A new password ends my other sign-ins.',
    answer: meSchema,
    failures: {
      403: 'A machine asks, or the present password is wrong.',
      409: 'Somebody has this name.',
      429: 'Too many wrong passwords.',
    },
  })
  async change(
    @Body({ schema: changeMeSchema }) change: z.infer<typeof changeMeSchema>,
    @CurrentActor() actor: Actor,
    @Req() request: Request,
  ): Promise<Me> {
    const userId = assertPerson(actor);
    const { name, currentPassword: current, newPassword: next } = change;
    if (current !== undefined && next !== undefined) {
      const { sessionId } = actor;
      await this.signIns.changePassword(userId, { current, next }, { address: placeOf(request).address, sessionId });
    }
    if (name !== undefined) await this.users.change(userId, { name }, { actor, reason: null });
    this.sessions.forget();
    const token = /^Bearer +(\S+)$/i.exec(request.header('authorization') ?? '')?.[1] ?? '';
    return this.show(await this.sessions.actorOf(token));
  }

  private async rolesOf(actor: Actor): Promise<Me['roles']> {
    const everywhere = actor.roleFor(null);
    const roles: { assistant: string | null; role: Role }[] = everywhere ? [{ assistant: null, role: everywhere }] : [];
    for (const { id, slug } of await this.database.manager.find(Assistant, { order: { slug: 'ASC' } })) {
      const role = actor.roleFor(id);
      if (role && role !== everywhere) roles.push({ assistant: slug, role });
    }
    return roles;
  }
}

/** @returns the user's id. @throws AccessError `access.no_person` where a machine asks */
export function assertPerson({ kind, id }: Actor): string {
  if (kind === 'user' && id) return id;
  throw new AccessError('access.no_person', 'Only somebody who has signed in has an account.', 'forbidden');
}
