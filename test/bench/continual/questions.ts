// Customers' questions by intent, from CLINC150 (Larson et al. 2019) and Banking77 (Casanueva et al. 2020), as the data sets split them.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { normaliseAnswer } from '../../../src/inference/same-answer.js';

/** The folder with `clinc150/` and `banking77/`. */
export const DATA_SETS = resolve('..', 'shared', 'data');

/** One intent's questions, each once; the held-out ones come from the data set's own test split. */
export interface IntentQuestions {
  intent: string;
  asked: string[];
  heldOut: string[];
}

/** Intents on one subject: what a task is cut from. */
export interface Domain {
  name: string;
  intents: IntentQuestions[];
}

/** Banking77 has no domains of its own: intents that customers mix up, together. */
const BANKING_DOMAINS: Readonly<Record<string, readonly string[]>> = {
  cards: ['card_arrival', 'card_linking', 'card_swallowed', 'lost_or_stolen_card', 'get_physical_card', 'pin_blocked'],
  'top-ups': [
    'top_up_failed',
    'top_up_limits',
    'pending_top_up',
    'top_up_reverted',
    'automatic_top_up',
    'verify_top_up',
  ],
  transfers: [
    'cancel_transfer',
    'failed_transfer',
    'pending_transfer',
    'transfer_timing',
    'transfer_fee_charged',
    'receiving_money',
  ],
  cash: [
    'atm_support',
    'cash_withdrawal_charge',
    'declined_cash_withdrawal',
    'pending_cash_withdrawal',
    'wrong_amount_of_cash_received',
  ],
  accounts: [
    'age_limit',
    'terminate_account',
    'edit_personal_details',
    'passcode_forgotten',
    'verify_my_identity',
    'country_support',
  ],
};

/** CLINC150's small talk and commands to a speaker are nothing that a company has facts about. */
const NOT_SUPPORT = ['small_talk', 'meta'];

/**
 * Domains of both data sets by turns, so that a stream of them goes from one to the other.
 * @throws Error when the folder doesn't hold them
 */
export function readDomains(folder: string): Domain[] {
  if (!existsSync(join(folder, 'clinc150')))
    throw new Error(`${folder} holds no clinc150/ and banking77/; name their folder with --data DIR.`);
  const [banking, clinc] = [readBanking(join(folder, 'banking77')), readClinc(join(folder, 'clinc150'))];
  const rounds = Math.max(banking.length, clinc.length);
  return Array.from({ length: rounds }, (_, i) => [...banking.slice(i, i + 1), ...clinc.slice(i, i + 1)]).flat();
}

const pairsSchema = z.array(z.tuple([z.string(), z.string()]));
const clincSchema = z.object({ train: pairsSchema, test: pairsSchema });

function readClinc(folder: string): Domain[] {
  const { train, test } = clincSchema.parse(JSON.parse(readFileSync(join(folder, 'data_full.json'), 'utf8')));
  const domains = z.record(z.string(), z.array(z.string()));
  const grouped = domains.parse(JSON.parse(readFileSync(join(folder, 'domains.json'), 'utf8')));
  return Object.entries(grouped)
    .filter(([name]) => !NOT_SUPPORT.includes(name))
    .map(([name, intents]) => ({
      name: `clinc ${name}`,
      intents: intents.map((intent) => byIntent(intent, train, test)),
    }));
}

function readBanking(folder: string): Domain[] {
  const rows = z.array(z.object({ text: z.string(), category: z.string() }));
  const read = (split: string) =>
    rows
      .parse(parse(readFileSync(join(folder, `${split}.csv`)), { columns: true, bom: true }))
      .map(({ text, category }) => [text, category] as [string, string]);
  const [train, test] = [read('train'), read('test')];
  return Object.entries(BANKING_DOMAINS).map(([name, intents]) => ({
    name: `banking ${name}`,
    intents: intents.map((intent) => byIntent(intent, train, test)),
  }));
}

type Pairs = readonly (readonly [text: string, intent: string])[];

/** What was asked word for word is no held-out question. */
function byIntent(intent: string, train: Pairs, test: Pairs): IntentQuestions {
  const texts = (pairs: Pairs) =>
    pairs.filter((pair) => pair[1] === intent).map(([text]) => text.replace(/\s+/g, ' ').trim());
  const known = new Set<string>();
  const isNew = (text: string) => {
    const key = normaliseAnswer(text);
    return text !== '' && !known.has(key) && known.add(key) !== undefined;
  };
  const asked = texts(train).filter(isNew);
  return { intent, asked, heldOut: texts(test).filter(isNew) };
}
