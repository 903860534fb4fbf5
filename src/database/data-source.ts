// The settings of every connection to Postgres: which tables exist, how many connections, and what happens when one breaks.
import type { Logger } from '@nestjs/common';
import type { DataSourceOptions, MixedList } from 'typeorm';
import { AdapterVersion } from './entities/adapter-version.entity.js';
import { Assistant } from './entities/assistant.entity.js';
import { Comparison } from './entities/comparison.entity.js';
import { Conversation } from './entities/conversation.entity.js';
import { ConversationFacts } from './entities/conversation-facts.entity.js';
import { ConversationNote } from './entities/conversation-note.entity.js';
import { Correction } from './entities/correction.entity.js';
import { CustomerErasureRecord } from './entities/customer-erasure.entity.js';
import { Deployment } from './entities/deployment.entity.js';
import { ExampleDecision } from './entities/example-decision.entity.js';
import { ExampleSource } from './entities/example-source.entity.js';
import { Example } from './entities/example.entity.js';
import { GateCanary } from './entities/gate-canary.entity.js';
import { GateCanaryChange } from './entities/gate-canary-change.entity.js';
import { HandoverChange } from './entities/handover-change.entity.js';
import { LearningSetting } from './entities/learning-settings.entity.js';
import { MemoryEntry } from './entities/memory-entry.entity.js';
import { Message } from './entities/message.entity.js';
import { PromptVersion } from './entities/prompt-version.entity.js';
import { RaterScore } from './entities/rater-score.entity.js';
import { Rating } from './entities/rating.entity.js';
import { ReviewItem } from './entities/review-item.entity.js';
import { RolloutConversation } from './entities/rollout-conversation.entity.js';
import { Rollout } from './entities/rollout.entity.js';
import { ReplayItem } from './entities/replay-item.entity.js';
import { ReplayRun } from './entities/replay-run.entity.js';
import { ReplaySlice } from './entities/replay-slice.entity.js';
import { SiteKeyChange } from './entities/site-key-change.entity.js';
import { SiteKey } from './entities/site-key.entity.js';
import { Slice } from './entities/slice.entity.js';
import { RunExample } from './entities/run-example.entity.js';
import { ApiKey } from './entities/api-key.entity.js';
import { AuditEntry } from './entities/audit-entry.entity.js';
import { AuthSecret } from './entities/auth-secret.entity.js';
import { RoleGrant } from './entities/role-grant.entity.js';
import { SignInAttempt } from './entities/sign-in-attempt.entity.js';
import { User } from './entities/user.entity.js';
import { UserSession } from './entities/user-session.entity.js';
import { ServiceNode } from './entities/service-node.entity.js';
import { TrainingRun } from './entities/training-run.entity.js';

/** Every table. */
export const entities = [
  Assistant,
  PromptVersion,
  Conversation,
  ConversationFacts,
  ConversationNote,
  Message,
  Rating,
  Correction,
  MemoryEntry,
  ReviewItem,
  Comparison,
  ReplayItem,
  ReplayRun,
  ReplaySlice,
  Slice,
  TrainingRun,
  AdapterVersion,
  Example,
  Deployment,
  ExampleSource,
  ExampleDecision,
  RaterScore,
  RunExample,
  CustomerErasureRecord,
  GateCanary,
  GateCanaryChange,
  Rollout,
  RolloutConversation,
  ServiceNode,
  SiteKey,
  SiteKeyChange,
  HandoverChange,
  User,
  RoleGrant,
  UserSession,
  SignInAttempt,
  ApiKey,
  AuthSecret,
  AuditEntry,
  LearningSetting,
];

const CONNECTIONS_MAX = 12;
/**
 * Opening one costs Postgres tens of milliseconds (a process, its caches), which customers who come together after a pause would wait for: some stay
 * open, others for a while.
 */
const CONNECTIONS_MIN = 4;
const CONNECTION_IDLE_MS = 10 * 60_000;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Gives up on a Postgres that is silent (a cut cable): a little later than Postgres itself would. */
const ANSWER_TIMEOUT_MS = 35_000;

/** Options for TypeORM; migrations only run when `migrate` runs them, under its lock. */
export function dataSourceOptions(
  url: string,
  migrations: MixedList<new () => object>,
  logger: Pick<Logger, 'warn'>,
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities,
    migrations: migrations as MixedList<string | (new () => never)>,
    synchronize: false,
    migrationsRun: false,
    // gen_random_uuid() is part of Postgres; no extension is needed.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    applicationName: 'retune',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // Without a handler, an idle connection that breaks would end the process.
    poolErrorHandler: (error: Error) => logger.warn(`A database connection was lost: ${error.message}`),
    extra: {
      max: CONNECTIONS_MAX,
      min: CONNECTIONS_MIN,
      idleTimeoutMillis: CONNECTION_IDLE_MS,
      keepAlive: true,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    },
  };
}
