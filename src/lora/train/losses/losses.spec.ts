// The losses against TRL (test/peers/make_golden_losses.py) and against their own finite differences.
import type { LlamaModel } from '../../model/llama.js';
import { createAdapter, type LoraAdapter } from '../../model/lora.js';
import { floats, relativeDistance } from '../../testing/golden.js';
import { gradientOf } from '../../testing/gradient.js';
import { goldenPairs, goldenRatings, readLossGolden } from '../../testing/losses.js';
import { loadTiny, tinyAdapter } from '../../testing/tiny.js';
import type { BinaryItem, PreferenceItem, SftItem, TrainingItem } from '../batches.js';
import { makeReference } from '../reference.js';
import { balance, klBaseline, mismatched } from './kto.js';
import { logSigmoid, type LossSettings } from './loss.js';
import { lossOf, stepTotals } from './losses.js';

const golden = readLossGolden();
const [pairs, ratings] = [goldenPairs(golden), goldenRatings(golden)];
const plain: LossSettings = { beta: golden.beta, sftTerm: 0, labelNoise: 0 };

describe('losses as TRL computes them', () => {
  let model: LlamaModel;
  let adapter: LoraAdapter;
  let start: LoraAdapter;

  beforeAll(async () => {
    model = await loadTiny();
    adapter = tinyAdapter(model);
    start = createAdapter(model.config, { rank: adapter.rank, alpha: adapter.alpha, seed: 0 }); // the base model
  });
  afterAll(() => model.dispose());

  /** TRL's gradient is kept as every third number; the distance is relative to the largest of each matrix. */
  function expectLikeTrl(ours: { loss: number; gradient: Float32Array }, trl: { loss: number; gradient: string }) {
    expect(Math.abs(ours.loss - trl.loss)).toBeLessThan(1e-5);
    const theirs = floats(trl.gradient);
    const stride = golden.gradientStride;
    const ends = adapter.matrices.flatMap(({ offsetA, offsetB }) => [offsetA, offsetB]).concat(ours.gradient.length);
    for (let i = 0; i + 1 < ends.length; i++) {
      const [from, to] = [ends[i], ends[i + 1]].map((end) => Math.ceil((end as number) / stride));
      const mine = Float32Array.from(theirs, (_, at) => ours.gradient[at * stride] as number).subarray(from, to);
      expect(relativeDistance(mine, theirs.subarray(from, to))).toBeLessThan(1e-3);
    }
  }

  it.each([
    ['dpo', plain],
    ['dpoSft', { ...plain, sftTerm: golden.sftTerm }],
    ['robustDpo', { ...plain, labelNoise: golden.labelNoise }],
  ] as const)('%s: loss within 1e-5, every LoRA gradient within 1e-3', async (name, losses) => {
    expectLikeTrl(await gradientOf(model, adapter, pairs, { start, losses }), golden[name]);
    expectLikeTrl(await gradientOf(model, adapter, pairs, { start, losses, microBatchTokens: 1 }), golden[name]);
  });

  it('kto: loss within 1e-5, every LoRA gradient within 1e-3, z over the whole step', async () => {
    const { desirable, undesirable } = golden;
    const options = { start, losses: plain, balance: { desirable, undesirable } };
    expectLikeTrl(await gradientOf(model, adapter, ratings, options), golden.kto);
    expectLikeTrl(await gradientOf(model, adapter, ratings, { ...options, microBatchTokens: 1 }), golden.kto);
  });

  it('counts each kind by its share of the weight when a step holds several', async () => {
    const taught: SftItem = { ...(ratings[0] as BinaryItem), kind: 'sft', weight: 2 };
    const of = (items: TrainingItem[]) => gradientOf(model, adapter, items, { start, losses: plain });
    const balanced = { start, losses: plain, balance: { desirable: 1, undesirable: 1 } };
    const mixed = await gradientOf(model, adapter, [taught, ...pairs, ...ratings], balanced);
    const [sft, dpo] = [await of([taught]), await of(pairs)];
    const kto = await gradientOf(model, adapter, ratings, balanced);
    const share = (a: number, b: number, c: number) => (2 * a + pairs.length * b + ratings.length * c) / 11;
    expect(mixed.loss).toBeCloseTo(share(sft.loss, dpo.loss, kto.loss), 5);
    const expected = sft.gradient.map((g, i) => share(g, dpo.gradient[i] as number, kto.gradient[i] as number));
    expect(relativeDistance(mixed.gradient, expected)).toBeLessThan(1e-4);
  });

  it('keeps what the start thought of the examples, and takes it back without a forward pass', async () => {
    const options = { model, adapter: start, items: [...pairs, ...ratings], microBatchTokens: 1024, keepStart: 0 };
    const { values } = await makeReference(options);
    expect(values).toHaveLength(2 * pairs.length + 2 * ratings.length);
    const known = values.map((_, i) => i);
    const again = await makeReference({ ...options, known });
    expect(again.nll.get(pairs[1] as PreferenceItem)).toEqual([2, 3]);
    expect(again.mismatched.get(ratings[0] as BinaryItem)?.nll).toBe(13);
  });
});

describe('losses as functions of −log p', () => {
  const nll = [Float32Array.of(0.5, 2, 1), Float32Array.of(3, 0.25)];
  const context = {
    settings: { beta: 0.7, sftTerm: 0.3, labelNoise: 0.1 },
    totals: { weight: 3, sft: { weight: 2, tokens: 9 }, preference: { weight: 3, tokens: 7 } },
    reference: [3, 3.5],
    klBaseline: 0.4,
    balance: { desirable: 1, undesirable: 1.5 },
  };
  const sft = { ...(ratings[0] as BinaryItem), kind: 'sft', weight: 2 } as const;
  const cases: [string, TrainingItem, Float32Array[]][] = [
    ['sft', sft, nll.slice(0, 1)],
    ['preference', { ...(pairs[0] as PreferenceItem), weight: 2 }, nll],
    ['desirable', { ...(ratings[0] as BinaryItem), weight: 2 }, nll.slice(0, 1)],
    ['undesirable', { ...(ratings[1] as BinaryItem), weight: 2 }, nll.slice(0, 1)],
  ];

  it.each(cases)('%s: the coefficients are the slopes of the loss', (_, item, tokens) => {
    const { coefficients } = lossOf(item, tokens, context);
    tokens.forEach((completion, c) =>
      completion.forEach((_, t) => {
        const at = (shift: number) => {
          const moved = tokens.map((part) => part.slice());
          (moved[c] as Float32Array)[t] = (completion[t] as number) + shift;
          return lossOf(item, moved, context).loss;
        };
        expect(coefficients[c]?.[t]).toBeCloseTo((at(0.125) - at(-0.125)) / 0.25, 2);
        expect(Math.sign(coefficients[c]?.[t] as number)).toBe(Math.sign(at(0.125) - at(-0.125)));
      }),
    );
  });

  it.each(cases)('%s: weight 0 counts nothing, also alone in a step', (_, item, tokens) => {
    const ignored = { ...item, weight: 0 };
    const { loss, coefficients } = lossOf(ignored, tokens, { ...context, totals: stepTotals([ignored]) });
    expect([loss, ...coefficients.flatMap((part) => [...part])].every((value) => value === 0)).toBe(true);
  });

  it('log σ stays exact far from 0', () => {
    expect(logSigmoid(-800)).toBe(-800);
    expect(logSigmoid(40)).toBeCloseTo(-Math.exp(-40), 25);
  });

  it('balances λ so that good and bad answers count alike, and leaves one kind alone', () => {
    expect(balance(ratings)).toEqual({ desirable: 1, undesirable: 1.5 });
    expect(balance(ratings.filter(({ desirable }) => !desirable))).toEqual({ desirable: 1, undesirable: 1 });
  });

  it('z is the mean log-ratio of mismatched answers, never below 0; they are cut to the context', () => {
    expect(klBaseline([1, 2], [3, 3])).toBe(1.5);
    expect(klBaseline([3], [1])).toBe(0);
    const others = mismatched(ratings, 8);
    expect(others.get(ratings[2] as BinaryItem)?.completionTokens).toEqual(golden.ratings[1]?.completion);
    expect(others.get(ratings[0] as BinaryItem)?.completionTokens).toHaveLength(4);
  });

  it('sums the totals of a step by kind', () => {
    expect(stepTotals([sft, ...pairs, ...ratings])).toEqual({
      weight: 11,
      sft: { weight: 2, tokens: 6 },
      preference: { weight: 4, tokens: 14 },
    });
  });
});
