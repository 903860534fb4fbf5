// What a client may ask for: one table from the event's name to its payload, what it costs, and what it does.
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { RateLimits, type LimitScope } from '../access/rate-limits.js';
import { Lines } from '../config/lines.js';
import { RatingsService } from '../feedback/ratings.service.js';
import { parsePayload } from './ack.js';
import { Admission } from './admission.js';
import {
  historySchema,
  identitySchema,
  nothingSchema,
  ratingSchema,
  retrySchema,
  sendSchema,
  stopSchema,
  typingSetSchema,
} from './chat.schema.js';
import { ConversationsError } from './conversations-error.js';
import { Handovers } from './handovers.js';
import { MessageEvents } from './message-events.js';
import { Rooms } from './rooms.js';
import { handoverAckSchema, historySliceSchema, retriedSchema, sentSchema } from './server-events.schema.js';
import type { Caller } from './session.js';

/** Messages of one conversation that may wait to be taken. */
const SENDING_MAX = 32;

/** `write`: needs a good identity. `message`: that, and counts as a message. */
type Kind = 'read' | 'write' | 'message';

export interface ClientEvent<S extends z.ZodType = z.ZodType> {
  schema: S;
  kind: Kind;
  /** What the ack holds beside `ok`. */
  answer: z.ZodType;
  run: (caller: Caller, payload: z.output<S>) => Promise<object>;
}

const COUNTED: Record<Kind, readonly LimitScope[]> = {
  read: ['event'],
  write: ['event'],
  message: ['conversation', 'address', 'site'],
};

@Injectable()
export class ClientEvents {
  private readonly sending = new Lines();
  /** All events that there are. */
  readonly table: ReadonlyMap<string, ClientEvent>;

  constructor(
    private readonly admission: Admission,
    private readonly limits: RateLimits,
    messages: MessageEvents,
    handovers: Handovers,
    ratings: RatingsService,
    rooms: Rooms,
  ) {
    this.table = clientEventTable({ admission, messages, handovers, ratings, rooms });
  }

  /**
   * Runs an event. Messages of a conversation are taken in the order they were sent: on two database connections the later one could
   * be first.
   * @throws RetuneError whatever it is refused for
   */
  async run(event: ClientEvent, caller: Caller, payload: unknown): Promise<object> {
    if (event.kind !== 'message') return this.runNow(event, caller, payload);
    const { id } = caller.session.conversation;
    if (this.sending.lengthOf(id) >= SENDING_MAX) {
      throw new ConversationsError('conversation.busy', 'Too many messages at once. Please wait a moment.');
    }
    return this.sending.run(id, () => this.runNow(event, caller, payload));
  }

  private async runNow(event: ClientEvent, caller: Caller, payload: unknown): Promise<object> {
    const { session } = caller;
    const { id } = session.conversation;
    const keys: Record<LimitScope, string | undefined> = {
      ...{ conversation: id, event: id, address: session.address, site: session.siteKey, connection: undefined },
    };
    await this.limits.spend(Object.fromEntries(COUNTED[event.kind].map((scope) => [scope, keys[scope]])));
    const parsed = parsePayload(event.schema, payload);
    if (event.kind !== 'read') await this.admission.checkWrite(session);
    return event.run(caller, parsed);
  }
}

interface Parts {
  admission: Admission;
  messages: MessageEvents;
  handovers: Handovers;
  ratings: RatingsService;
  rooms: Rooms;
}

const NOTHING = z.object({});

/** All events. @param parts what does the work; nothing is needed to read the table alone */
export function clientEventTable(parts: Partial<Parts>): ReadonlyMap<string, ClientEvent> {
  const { admission, messages, handovers, ratings, rooms } = parts as Parts;
  return new Map([
    entry('message:send', 'message', sendSchema, sentSchema, (caller, sent) => messages.send(caller, sent)),
    entry('message:stop', 'write', stopSchema, NOTHING, ({ session }, { messageId }) =>
      messages.stop(session, messageId),
    ),
    entry('message:retry', 'message', retrySchema, retriedSchema, ({ session }, { messageId }) =>
      messages.retry(session, messageId),
    ),
    entry('rating:set', 'write', ratingSchema, NOTHING, async ({ session }, rating) => {
      const { id } = session.conversation;
      await ratings.setRating({ ...rating, raterKind: 'customer', raterId: id, conversationId: id });
      return {};
    }),
    entry('history:get', 'read', historySchema, historySliceSchema, ({ session }, slice) =>
      messages.history(session, slice),
    ),
    entry('handover:request', 'write', nothingSchema, handoverAckSchema, ({ session }) =>
      handovers.request(session.conversation.id),
    ),
    entry('handover:cancel', 'write', nothingSchema, handoverAckSchema, ({ session }) =>
      handovers.cancel(session.conversation.id),
    ),
    entry('typing:set', 'read', typingSetSchema, NOTHING, ({ session }, { isTyping }) => {
      rooms.tellWatchers(session.conversation.id, 'typing', { from: 'customer', isTyping });
      return Promise.resolve({});
    }),
    entry('identity:set', 'read', identitySchema, NOTHING, async ({ session }, { identity }) => {
      await admission.renew(session, identity);
      return {};
    }),
  ]);
}

function entry<S extends z.ZodType>(
  name: string,
  kind: Kind,
  schema: S,
  answer: z.ZodType,
  run: ClientEvent<S>['run'],
): [string, ClientEvent] {
  return [name, { schema, kind, answer, run: (caller, payload) => run(caller, payload as z.output<S>) }];
}
