// REST of users, for administrators of all assistants.
import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentActor, type Actor } from '../actor.js';
import { Endpoint } from '../endpoint.js';
import { Sessions } from '../sessions.js';
import {
  changeUserSchema,
  newUserSchema,
  userIdSchema,
  userListSchema,
  userOrderSchema,
  userSchema,
  userWithPasswordSchema,
  type UserView,
} from './users.schema.js';
import { Users, type UserWithRoles } from './users.js';

const UNKNOWN = { 404: 'There is no such user.' };
const Id = () => Param('id', { schema: userIdSchema });

@ApiTags('access')
@Controller('api/v1/users')
export class UsersController {
  constructor(
    private readonly users: Users,
    private readonly sessions: Sessions,
  ) {}

  @Get()
  @Endpoint({ access: 'admin', of: 'all', summary: 'List users', answer: userListSchema })
  async list(): Promise<z.infer<typeof userListSchema>> {
    return { users: (await this.users.list()).map(toUserView) };
  }

  @Post()
  @Endpoint({
    access: 'admin',
    of: 'all',
    summary: 'Make a user, with a password for once',
    status: 201,
    answer: userWithPasswordSchema,
    failures: { 409: 'Somebody has this e-mail or name.' },
  })
  async create(
    @Body({ schema: newUserSchema }) { reason, ...fields }: z.infer<typeof newUserSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof userWithPasswordSchema>> {
    const { id, password } = await this.users.create(fields, { actor, reason });
    return { user: toUserView(await this.users.get(id)), oneTimePassword: password };
  }

  @Patch(':id')
  @Endpoint({
    access: 'admin',
    of: 'all',
    summary: "Change a user's name or roles, deactivate or activate them",
    description: 'For: admin. It counts at once.',
    answer: userSchema,
    failures: { ...UNKNOWN, 409: 'The last administrator stays one; or somebody has this name.' },
  })
  async change(
    @Id() id: string,
    @Body({ schema: changeUserSchema }) { reason, ...change }: z.infer<typeof changeUserSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<UserView> {
    await this.users.change(id, change, { actor, reason });
    this.sessions.forget();
    return toUserView(await this.users.get(id));
  }

  @Post(':id/password-reset')
  @Endpoint({
    access: 'admin',
    of: 'all',
    summary: 'Give a user a new password for once, and end their sign-ins',
    answer: userWithPasswordSchema,
    failures: UNKNOWN,
  })
  async resetPassword(
    @Id() id: string,
    @Body({ schema: userOrderSchema }) { reason }: z.infer<typeof userOrderSchema>,
    @CurrentActor() actor: Actor,
  ): Promise<z.infer<typeof userWithPasswordSchema>> {
    const oneTimePassword = await this.users.resetPassword(id, { actor, reason });
    this.sessions.forget();
    return { user: toUserView(await this.users.get(id)), oneTimePassword };
  }
}

function toUserView({ user, roles }: UserWithRoles): UserView {
  const { id, email, name, active, mustChangePassword, passwordHash, oidcSubject, signedInAt, createdAt } = user;
  return {
    ...{ id, email, name, active, mustChangePassword, hasPassword: passwordHash !== null, oidc: oidcSubject !== null },
    ...{ roles, signedInAt: signedInAt?.toISOString() ?? null, createdAt: createdAt.toISOString() },
  };
}
