// REST of customers: erasing one.
import { Controller, Delete, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentActor, type Actor } from '../../access/actor.js';
import { Endpoint } from '../../access/endpoint.js';
import { CustomerErasureRecord, type ErasureCounts } from '../../database/entities/customer-erasure.entity.js';
import { FeedbackError } from '../feedback-error.js';
import { CustomerErasures } from './customer-erasures.js';
import { customerIdSchema, erasedSchema } from './customers.schema.js';
import { customerHash, eraseCustomer, NOTHING } from './erase-customer.js';

@ApiTags('customers')
@Controller('api/v1/customers')
export class CustomersController {
  constructor(
    private readonly database: DataSource,
    private readonly erasures: CustomerErasures,
  ) {}

  @Delete(':id')
  @Endpoint({
    access: 'operator',
    summary: 'Erase a customer: their conversations, ratings, corrections and examples',
    description:
      'For: operator. Says what was removed; a second time, zeros. The next training run trains without them.',
    answer: erasedSchema,
    // A mistyped id must not look like a duty done.
    failures: { 404: 'There never was such a customer.' },
  })
  async erase(
    @Param('id', { schema: customerIdSchema }) customerId: string,
    @CurrentActor() actor: Actor,
  ): Promise<ErasureCounts> {
    const done = await this.database.transaction((manager) => eraseCustomer(manager, customerId, actor.name));
    if (done) {
      this.erasures.erased$.next(done.erasure);
      return done.counts;
    }
    const before = { customerHash: customerHash(customerId) };
    if (await this.database.manager.existsBy(CustomerErasureRecord, before)) return NOTHING;
    throw new FeedbackError('feedback.customer_unknown', 'There is no such customer.', 'notFound');
  }
}
