// Turns into token ids and back: the one tokenizer that serving and training share, so that they can't disagree.
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { PromptTurn } from '../database/entities/example.entity.js';
import { parseChatTemplate, type ChatTemplate } from './chat-template.js';
import { InferenceError } from './inference-error.js';

/** A GGUF without a template of its own is asked in ChatML. */
const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** The part of a llama.cpp model that tokenises; loaded weights aren't needed. */
export type Vocabulary = Pick<
  LlamaModel,
  'tokenize' | 'detokenize' | 'isEogToken' | 'getTokenAttributes' | 'tokens' | 'fileInfo' | 'vocabularyType'
>;

export class ChatTokenizer {
  private readonly template: ChatTemplate;
  private readonly endOfTurn: Token;

  constructor(private readonly vocabulary: Vocabulary) {
    const { bosString, eosString } = vocabulary.tokens;
    const { chat_template: source } = (vocabulary.fileInfo.metadata.tokenizer ?? {}) as { chat_template?: string };
    this.template = parseChatTemplate(source ?? CHATML, { bos: bosString, eos: eosString });
    this.endOfTurn = this.findEndOfTurn();
  }

  /**
   * Token ids of the prompt that makes the model write the next answer.
   * @throws InferenceError `engine.unsupported_template`
   */
  promptTokens(turns: PromptTurn[]): Token[] {
    const tokens = this.template.prompt(turns).flatMap(({ kind, text }) => this.tokenize(text, kind === 'markup'));
    const { bos, shouldPrependBosToken } = this.vocabulary.tokens;
    return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
  }

  /** Token ids of an answer as the model should have written it, with the end-of-turn token. */
  completionTokens(text: string): Token[] {
    return [...this.tokenize(text.trim(), false), this.endOfTurn];
  }

  /** Text of tokens; `before` are the tokens that came right before them. Special tokens give nothing. */
  text(tokens: Token[], before: Token[]): string {
    return this.vocabulary.detokenize(tokens, false, before);
  }

  /** Whether the model says with this token that its answer is over. */
  endsAnswer(token: Token): boolean {
    return this.vocabulary.isEogToken(token) || this.vocabulary.getTokenAttributes(token).control;
  }

  private tokenize(text: string, specialTokens: boolean): Token[] {
    return this.vocabulary.tokenize(text, specialTokens, 'trimLeadingSpace');
  }

  private findEndOfTurn(): Token {
    const { eot, eos } = this.vocabulary.tokens;
    const token = this.tokenize(this.template.afterAnswer(), true).find((candidate) => this.endsAnswer(candidate));
    const found = token ?? eot ?? eos;
    if (found === null || found === undefined) {
      throw new InferenceError('engine.unsupported_template', 'The model has no token that ends a turn.');
    }
    return found;
  }
}
