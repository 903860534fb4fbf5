// Turns tokens into the text shown while an answer is written: never half a UTF-8 character, no white space at either
// end, and all pieces together are exactly the answer.
import type { Token } from 'node-llama-cpp';

/** A character is at most 4 bytes, so at most 4 byte tokens; more pending tokens mean broken bytes, shown as they are. */
const MAX_PENDING_TOKENS = 8;
/** How many earlier tokens the detokenizer looks at (only SentencePiece vocabularies need any). */
const CONTEXT_TOKENS = 8;
const REPLACEMENT = '\uFFFD';

export class AnswerText {
  private pending: Token[] = [];
  private before: Token[] = [];
  private heldSpace = '';
  private shown = '';

  constructor(private readonly detokenize: (tokens: Token[], before: Token[]) => string) {}

  /** The text that this token completes; often a word, sometimes nothing yet. */
  push(token: Token): string {
    this.pending.push(token);
    const text = this.detokenize(this.pending, this.before);
    if (text.endsWith(REPLACEMENT) && this.pending.length < MAX_PENDING_TOKENS) return '';
    return this.take(text);
  }

  /** What was still held back when the answer ended. */
  end(): string {
    return this.pending.length === 0 ? '' : this.take(this.detokenize(this.pending, this.before));
  }

  /** Everything shown so far. */
  get whole(): string {
    return this.shown;
  }

  private take(text: string): string {
    this.before = [...this.before, ...this.pending].slice(-CONTEXT_TOKENS);
    this.pending = [];
    const all = this.heldSpace + text;
    const visible = all.trimEnd();
    this.heldSpace = all.slice(visible.length);
    const piece = this.shown === '' ? visible.trimStart() : visible;
    if (piece === '' && this.shown === '') this.heldSpace = '';
    this.shown += piece;
    return piece;
  }
}
