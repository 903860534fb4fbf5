// What a loss is here: a pure function of the −log p of an example's completion tokens. It says how much each of them counts,
// ∂L/∂nll, and the rest is the same for all losses: dL/dh = Σ (∂L/∂nll) (∂nll/∂h), one forward and one backward pass.

export interface LossSettings {
  /** β of DPO and KTO: how dear it is to leave the model that the run starts from. */
  beta: number;
  /** λ: how much SFT on the chosen answer is added to DPO. */
  sftTerm: number;
  /** ε: the share of pairs believed to be the wrong way round; below 0.5, 0 for plain DPO. */
  labelNoise: number;
}

export const LOSS_DEFAULTS: LossSettings = { beta: 0.1, sftTerm: 0.5, labelNoise: 0 };

/** Sums over all examples of one optimiser step, however they are cut into micro-batches. */
export interface StepTotals {
  /** Σ w of all examples: each kind's mean loss counts by its share of this. */
  weight: number;
  /** Σ w of the SFT examples, and Σ w · completion tokens. */
  sft: { weight: number; tokens: number };
  /** Σ w of the pairs, and Σ w · tokens of their chosen answers. */
  preference: { weight: number; tokens: number };
}

/** What an example's loss depends on besides its own −log p. */
export interface LossContext {
  settings: LossSettings;
  totals: StepTotals;
  /** −log p of each of its completions, whole, under the model that the run starts from. */
  reference: readonly number[];
  /** KTO's reference point z, in nats. */
  klBaseline: number;
  /** KTO's λ_D and λ_U. */
  balance: { desirable: number; undesirable: number };
}

/** The example's part of L, and ∂L/∂nll of every token of each of its completions. */
export interface LossValue {
  loss: number;
  coefficients: readonly Float32Array[];
}

/** `nll` are the −log p of the tokens of each of the example's completions. */
export type Loss<Item> = (item: Item, nll: readonly Float32Array[], context: LossContext) => LossValue;

/** −log p of a whole completion. */
export const total = (nll: Float32Array): number => nll.reduce((sum, value) => sum + value, 0);

/** The same coefficient for every token: the gradient of something that depends on the whole completion's −log p only. */
export const everyToken = (nll: Float32Array, coefficient: number): Float32Array => nll.map(() => coefficient);

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** log σ(x), exact where σ(x) would round to 0 or 1. */
export const logSigmoid = (x: number): number => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
