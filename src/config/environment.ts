// The whole environment, parsed once at start. A bad value stops the start with a sentence that names the variable.
// The README's configuration table is generated from the descriptions below (`npm run docs:config`).
import { availableParallelism } from 'node:os';
import { isSupportedCountry, type CountryCode } from 'libphonenumber-js/max';
import { z } from 'zod';
import { canaryStepsTextSchema } from './canary-steps.js';
import { trustedProxiesTextSchema } from './client-address.js';
import { oidcRolesTextSchema } from './oidc-roles.js';
import { RetuneError } from './retune-error.js';
import { isSchedule, NO_SCHEDULE } from './schedule-text.js';

const flag = (byDefault: boolean) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(byDefault ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1');
const count = (byDefault: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(byDefault);

const perMinute = (byDefault: number, what: string) =>
  count(byDefault, 0, 10_000_000).describe(`${what}; 0: no limit.`);

/** `shownDefault` replaces in the documentation a default that depends on the machine. */
const cores = () => count(availableParallelism(), 1, 256).meta({ shownDefault: 'the cores available' });

/** Every variable that Retune reads, with its default and what it is for. */
export const environmentSchema = z.object({
  PORT: count(3000, 0, 65535).describe('Port of the HTTP and WebSocket server; 0 takes a free one.'),
  HOST: z.string().default('127.0.0.1').describe('Address the server listens on; 0.0.0.0 for all interfaces.'),
  TRUST_PROXY: trustedProxiesTextSchema
    .meta({ shownDefault: 'none' })
    .describe(
      'Proxies in front of the service whose `X-Forwarded-For` says where clients are: addresses, ranges, `loopback`, `private`, separated by commas.',
    ),
  RETUNE_ROLES: z
    .string()
    .default('web,worker')
    .transform((value) => value.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(['web', 'worker'])).min(1))
    .describe('What this process does: `web` (chat and REST), `worker` (learning), or both.'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/database' })
    .optional()
    .describe('Your own Postgres; unset: an embedded one is started.'),
  RETUNE_DATA: z.string().optional().describe('Folder of the embedded database, artifacts and checkpoints.'),
  RETUNE_CACHE: z.string().optional().describe('Folder of downloaded assets (base model, libtensorflow).'),
  RETUNE_MODEL: z
    .string()
    .optional()
    .describe('Path of a llama-family GGUF to serve instead of the default base model.'),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'log', 'debug', 'verbose'])
    .default('log')
    .describe('Least severe log level printed.'),
  LOG_FORMAT: z.enum(['pretty', 'json']).default('pretty').describe('Log lines for people or for machines.'),
  AGENT_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Bearer token of support agents; unset: one is made at first start and kept in the data folder.'),
  OPERATOR_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Bearer token of operators; unset: one is made at first start and kept in the data folder.'),
  ADMIN_EMAIL: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address')
    .default('admin@localhost')
    .describe('E-mail of the first administrator, who is made at the first start.'),
  ADMIN_PASSWORD: z
    .string()
    .min(12)
    .optional()
    .describe('Their first password, to be changed at the first sign-in; unset: one is made up and printed once.'),
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of an OpenID Connect provider through which people may sign in; unset: only with passwords.'),
  OIDC_CLIENT_ID: z.string().default('retune').describe('The client’s name at that provider.'),
  OIDC_CLIENT_SECRET: z.string().optional().describe('The client’s secret there; unset for a public client.'),
  OIDC_SCOPE: z.string().default('openid email profile').describe('What it is asked for.'),
  OIDC_NAME: z.string().trim().min(1).max(40).default('single sign-on').describe('What the sign-in button calls it.'),
  OIDC_ROLE_CLAIM: z
    .string()
    .optional()
    .describe('Claim whose values give roles (`groups`), anew at each sign-in; unset: roles are given here by hand.'),
  OIDC_ROLES: oidcRolesTextSchema
    .meta({ shownDefault: 'none' })
    .describe('What each value gives: `support=agent:demo,ops=operator,it=admin`; without an assistant, for all.'),
  CHAT_MAX_MESSAGE_CHARS: count(4000, 1, 100_000).describe('Longest customer message accepted, in characters.'),
  CHAT_MAX_ANSWER_TOKENS: count(256, 1, 4096).describe('Longest answer, in tokens.'),
  CHAT_CONTEXT_TOKENS: count(2048, 256, 131_072).describe('Context window of one chat, in tokens.'),
  CHAT_TEMPERATURE: z.coerce.number().min(0).max(2).default(0).describe('Sampling temperature; 0 is greedy.'),
  CHAT_MAX_QUEUED: count(256, 1, 100_000).describe(
    'Answers that may wait for a free engine slot before new ones are refused.',
  ),
  CHAT_LIMIT_CONVERSATION: perMinute(60, 'Messages a minute that one conversation may send'),
  CHAT_LIMIT_ADDRESS: perMinute(240, 'Messages a minute from one address (this machine’s own aside)'),
  CHAT_LIMIT_SITE: perMinute(12_000, 'Messages a minute with one site key'),
  CHAT_LIMIT_CONNECTIONS: perMinute(300, 'Connections a minute from one address (this machine’s own aside)'),
  HANDOVER_AFTER_THUMBS_DOWN: count(2, 0, 100).describe(
    'Thumbs down in a conversation after which it waits for an agent by itself; 0 for never.',
  ),
  ENGINE_SLOTS: count(8, 1, 256).describe('Answers written at the same time.'),
  ENGINE_THREADS: cores().describe('CPU threads of the inference engine; never more than the cores.'),
  CHAT_KERNELS: z
    .enum(['own', 'prebuilt'])
    .default('own')
    .describe(
      'CPU kernels of the inference engine: those that set-up compiled, where it could, or llama.cpp’s own (slower).',
    ),
  MEMORY: flag(true).describe(
    'Answer matching questions from agents’ corrections at once, until a trained version knows them.',
  ),
  INTAKE_COUNTRIES: z
    .string()
    .default('US,GB,DE,FR,ES,AT,CH')
    .transform((value) => value.split(',').map((country) => country.trim().toUpperCase()))
    .pipe(
      z
        .array(
          z.custom<CountryCode>(
            (country) => isSupportedCountry(String(country)),
            'must be country codes such as DE,AT',
          ),
        )
        .min(1),
    )
    .describe('Countries whose phone numbers are recognised without a country code, to be redacted from examples.'),
  INTAKE_ALLOW: z
    .string()
    .optional()
    .transform((value) => (value ?? '').split(';').flatMap((text) => text.trim() || []))
    .describe(
      'Public numbers, addresses and names of yours that are not redacted, separated by `;`; `@acme.com` for all its e-mail addresses.',
    ),
  LEARN_CRON: z
    .string()
    .default('0 3 * * *')
    .refine(isSchedule, NO_SCHEDULE)
    .describe(
      'When training runs are scheduled, where an assistant has no schedule of its own (cron, local time); `off` for never.',
    ),
  LEARN_MIN_EXAMPLES: count(50, 1, 1_000_000).describe('New examples that start a training run by themselves.'),
  LEARN_AUTO_PROMOTE: flag(true).describe('Promote a candidate that passed the gate without waiting for an operator.'),
  CANARY_STEPS: canaryStepsTextSchema
    .meta({ shownDefault: '`off`' })
    .describe(
      'Shares of new conversations, in percent, that a passed candidate answers before it becomes champion: `5,25,100`, with `!` after a step that an operator ends (`5,25!,100`); `off` promotes it at once.',
    ),
  CANARY_QUIET_SECONDS: count(60, 0, 86_400).describe(
    "How long a conversation's ratings must stand still before they count in a rollout.",
  ),
  LEARN_EPOCHS: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Passes over the training examples in one run; unset: by their number.'),
  LEARN_RATE: z.coerce
    .number()
    .positive()
    .max(0.1)
    .optional()
    .describe("Peak learning rate; unset: by the model's size and, where there are enough examples, a short sweep."),
  LEARN_SWEEP: flag(true).describe(
    'Try three learning rates for a tenth of the steps when a run has 200 new examples.',
  ),
  LEARN_MAX_MINUTES: count(120, 1, 10_080).describe(
    'Longest training of one run, in minutes; it then goes on to the gate with what it has.',
  ),
  LEARN_MAX_TOKENS: count(20_000_000, 1_000, 1_000_000_000).describe(
    'Most tokens that one run learns from; then the same.',
  ),
  LEARN_NICENESS: count(19, 0, 19).describe(
    'How far the learner gives way to chats on the CPU: 19 most, 0 not at all.',
  ),
  LEARN_RANK: count(8, 1, 256).describe('LoRA rank; alpha is twice the rank.'),
  LEARN_THREADS: cores().describe('CPU threads of the learner.'),
  LEARN_PREFERENCE: flag(false).describe(
    'Learn from a correction also what was wrong (DPO with SFT) instead of the right answer alone; costs more time.',
  ),
  LEARN_THUMBS_DOWN: flag(false).describe('Learn from answers that only got a thumb down (KTO, at low weight).'),
  REPLAY_CAPACITY: count(20_000, 100, 10_000_000).describe(
    'Examples of an assistant kept for replay, shared among its slices.',
  ),
  LEARN_SEED: count(0, 0, 2 ** 31 - 1).describe('Seed of initialisation, shuffling and replay.'),
  COST_WATTS_PER_CORE: z.coerce.number().min(0).default(10).describe('Power of a busy core, for the energy estimate.'),
  COST_WATTS_PER_GPU: z.coerce.number().min(0).default(300).describe('Power of a busy GPU, for the energy estimate.'),
  COST_PRICE_PER_HOUR: z.coerce.number().min(0).default(0).describe('Price of an hour of this machine.'),
  COST_CURRENCY: z.string().trim().min(1).max(8).default('EUR').describe('Currency of that price.'),
});

export type Environment = z.infer<typeof environmentSchema>;

/**
 * Parses the variables.
 * @throws RetuneError `config.invalid` that names every bad variable and why it was refused
 */
export function parseEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(set);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new RetuneError('config.invalid', `The environment is not valid. ${reasons.join('; ')}`);
}
