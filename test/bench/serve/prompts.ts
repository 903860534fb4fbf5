// Real dialogues as the service and its peers are asked them: the same tokens for all.
import type pg from 'pg';
import { buildTurns } from '../../../src/assistants/prompt.js';
import { openTokenizer } from '../../../src/inference/tokenizer.js';
import { loadDialogues } from '../train/dialogues.js';
import { exchangesOf, type ServePrompt } from './wave.js';

/** Longer prompts are left out: they would measure reading, at any contestant, and little else. */
const PROMPT_TOKENS_MAX = 512;
const SEED = 7;

/**
 * Prompts of real dialogues with the demo assistant's own instructions before them.
 * @throws Error when there are too few dialogues
 */
export async function loadPrompts(
  database: pg.Client,
  modelPath: string,
  count: number,
): Promise<{ source: string; prompts: ServePrompt[] }> {
  const { instructions, fewShot } = await activePrompt(database);
  const { source, dialogues } = loadDialogues(2 * count, SEED);
  const tokenizer = await openTokenizer(modelPath);
  const prompts = dialogues
    .map(({ prompt }) => exchangesOf(prompt))
    .map(({ earlier, question }): ServePrompt => {
      const messages = earlier.flatMap(({ question: text, answer }) => [
        { role: 'customer' as const, status: 'complete' as const, text },
        { role: 'assistant' as const, status: 'complete' as const, text: answer },
      ]);
      const turns = buildTurns({ instructions, fewShot }, messages, question);
      return { earlier, question, turns, tokens: tokenizer.promptTokens(turns) };
    })
    .filter(({ tokens, question }) => tokens.length <= PROMPT_TOKENS_MAX && question.trim() !== '')
    .slice(0, count);
  await tokenizer.dispose();
  if (prompts.length < count / 2) throw new Error(`Only ${prompts.length} dialogues are short enough.`);
  return { source, prompts };
}

async function activePrompt(database: pg.Client) {
  const { rows } = await database.query<{ instructions: string; fewShot: { question: string; answer: string }[] }>(
    `SELECT p.instructions, p.few_shot AS "fewShot" FROM prompt_versions p
    JOIN assistants a ON a.id = p.assistant_id AND a.active_prompt_version = p.version WHERE a.slug = 'demo'`,
  );
  const [row] = rows;
  if (!row) throw new Error('The demo assistant has no instructions.');
  return row;
}
