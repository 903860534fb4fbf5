// Text to WordPiece ids (Devlin et al. 2019, BERT), as the embedding model was trained on them.
import { readFile } from 'node:fs/promises';
import * as library from '@huggingface/tokenizers';

/** What the model was trained with; the rest of a text is not looked at. [CLS] and [SEP] count. */
export const WORD_PIECES_MAX = 256;
/** A word piece has 4 letters on average; more text than this is cut before it is tokenised, so that the time is bounded. */
const CHARS_MAX = 16 * WORD_PIECES_MAX;

/** What we need of the library, whose own types don't resolve for ES modules. */
interface BertTokenizer {
  encode(text: string): { ids: number[] };
}
const { Tokenizer } = library as unknown as { Tokenizer: new (tokenizer: object, config: object) => BertTokenizer };

/** Text → ids: [CLS] … [SEP], at most `WORD_PIECES_MAX`. */
export type WordPieces = (text: string) => number[];

/** @param path of a `tokenizer.json` */
export async function openWordPieces(path: string): Promise<WordPieces> {
  const tokenizer = new Tokenizer(JSON.parse(await readFile(path, 'utf8')) as object, {});
  return (text) => {
    const { ids } = tokenizer.encode(text.slice(0, CHARS_MAX));
    const last = ids.at(-1);
    return ids.length <= WORD_PIECES_MAX || last === undefined ? ids : [...ids.slice(0, WORD_PIECES_MAX - 1), last];
  };
}
