// RMSNorm, rotary position embedding, SwiGLU and the output head's online softmax, each in one pass over its operands. The formulas
// are those of ../ops.ts, where they are explained; this file only says them faster.
#include <algorithm>
#include <cmath>

#include "op.h"
#include "simd.h"

namespace retune {
namespace {

/** Calls body(offset, part): whole vectors first, then the rest. */
template <typename F>
inline void overVectors(int64_t n, F body) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) body(i, kLanes);
  if (i < n) body(i, static_cast<int>(n - i));
}
inline Vector get(const float* p, int part) { return part == kLanes ? load(p) : loadPart(p, part); }
inline void put(float* p, Vector v, int part) { part == kLanes ? store(p, v) : storePart(p, v, part); }

float inverseRms(const float* x, int64_t width, float epsilon) {
  Vector squares{};
  overVectors(width, [&](int64_t k, int part) {
    const Vector v = get(x + k, part);
    squares += v * v;
  });
  return 1.0f / std::sqrt(sum(squares) / width + epsilon);
}

void rmsNorm(Context& context) {
  const Tensor x = context.input(0), weight = context.input(1);
  const int64_t rows = x.dim(0), width = x.dim(1);
  if (weight.size() != width) return context.fail("RmsNorm: shapes differ");
  const Tensor y = context.output(0, {rows, width});
  parallelRows(rows, width, [&](int64_t first, int64_t end) {
    for (int64_t t = first; t < end; t++) {
      const float* from = x.floats() + t * width;
      float* to = y.floats() + t * width;
      const Vector scale = broadcast(inverseRms(from, width, context.attributes.epsilon));
      overVectors(width, [&](int64_t k, int part) {
        put(to + k, get(from + k, part) * scale * get(weight.floats() + k, part), part);
      });
    }
  });
}

/** dx = residual + (g − x̂ · mean(g ⊙ x̂)) / rms(x) with g = dy ⊙ w and x̂ = x / rms(x). */
void rmsNormGradient(Context& context) {
  const Tensor dy = context.input(0), x = context.input(1), weight = context.input(2), residual = context.input(3);
  const int64_t rows = x.dim(0), width = x.dim(1);
  if (weight.size() != width || dy.size() != x.size() || residual.size() != x.size())
    return context.fail("RmsNormGradient: shapes differ");
  const Tensor dx = context.output(0, {rows, width});
  parallelRows(rows, 3 * width, [&](int64_t first, int64_t end) {
    for (int64_t t = first; t < end; t++) {
      const float *xs = x.floats() + t * width, *dys = dy.floats() + t * width, *w = weight.floats();
      const float *from = residual.floats() + t * width;
      float* to = dx.floats() + t * width;
      const float inverse = inverseRms(xs, width, context.attributes.epsilon);
      Vector dots{};
      overVectors(width, [&](int64_t k, int part) { dots += get(dys + k, part) * get(w + k, part) * get(xs + k, part); });
      const Vector projection = broadcast(sum(dots) / width * inverse * inverse);
      overVectors(width, [&](int64_t k, int part) {
        const Vector g = get(dys + k, part) * get(w + k, part);
        put(to + k, get(from + k, part) + (g - get(xs + k, part) * projection) * inverse, part);
      });
    }
  });
}

/**
 * Rotates the first `heads` heads of each row in place, forward (direction 1) or back (−1). cos and sin are (T, h / 2). Pairs are
 * neighbours (2i, 2i + 1); with `halves` 1 they are (i, i + h / 2).
 */
void rope(Context& context) {
  const Attributes& a = context.attributes;
  const Tensor x = context.input(0), cos = context.input(1), sin = context.input(2);
  const int64_t rows = x.dim(0), width = x.dim(1), half = a.headWidth / 2;
  if (cos.size() != rows * half || sin.size() != rows * half || a.heads * a.headWidth > width)
    return context.fail("Rope: shapes differ");
  const bool neighbours = a.halves == 0;
  const int64_t step = neighbours ? 2 : 1, other = neighbours ? 1 : half;
  parallelRows(rows, a.heads * a.headWidth, [&](int64_t first, int64_t end) {
    for (int64_t t = first; t < end; t++) {
      const float *c = cos.floats() + t * half, *s = sin.floats() + t * half;
      for (int64_t head = 0; head < a.heads; head++) {
        float* pair = x.floats() + t * width + head * a.headWidth;
        for (int64_t i = 0; i < half; i++) {
          const float p = pair[i * step], q = pair[i * step + other], turn = a.direction * s[i];
          pair[i * step] = p * c[i] - q * turn;
          pair[i * step + other] = q * c[i] + p * turn;
        }
      }
    }
  });
  context.pass(0, x);
}

inline Vector sigmoid(Vector z) { return 1.0f / (1.0f + exponential(-z)); }

/** gateUp is (T, 2 F): gate, then up. */
void swiglu(Context& context) {
  const Tensor gateUp = context.input(0);
  const int64_t rows = gateUp.dim(0), width = gateUp.dim(1) / 2;
  const Tensor y = context.output(0, {rows, width});
  parallelRows(rows, width, [&](int64_t first, int64_t end) {
    for (int64_t t = first; t < end; t++) {
      const float *gate = gateUp.floats() + t * 2 * width, *up = gate + width;
      float* to = y.floats() + t * width;
      overVectors(width, [&](int64_t k, int part) {
        const Vector g = get(gate + k, part);
        put(to + k, g * sigmoid(g) * get(up + k, part), part);
      });
    }
  });
}

void swigluGradient(Context& context) {
  const Tensor dy = context.input(0), gateUp = context.input(1);
  const int64_t rows = dy.dim(0), width = dy.dim(1);
  if (gateUp.size() != 2 * dy.size()) return context.fail("SwigluGradient: shapes differ");
  const Tensor result = context.output(0, {rows, 2 * width});
  parallelRows(rows, 2 * width, [&](int64_t first, int64_t end) {
    for (int64_t t = first; t < end; t++) {
      const float *gate = gateUp.floats() + t * 2 * width, *up = gate + width, *d = dy.floats() + t * width;
      float *dGate = result.floats() + t * 2 * width, *dUp = dGate + width;
      overVectors(width, [&](int64_t k, int part) {
        const Vector g = get(gate + k, part), s = sigmoid(g), silu = g * s, grad = get(d + k, part);
        put(dGate + k, grad * get(up + k, part) * (s + silu * (1.0f - s)), part);
        put(dUp + k, grad * silu, part);
      });
    }
  });
}

/**
 * One step of the online softmax (Milakov & Gimelshein 2018): `logits` (C, n) become exp(z − peak′) in place; peak and total (C) are those
 * of the columns so far. Gives peak′, total′ = total · e^(peak − peak′) + Σ exp(z − peak′), and that factor, for the sums kept outside.
 */
void onlineSoftmax(Context& context) {
  const Tensor logits = context.input(0), peak = context.input(1), total = context.input(2);
  const int64_t rows = logits.dim(0), width = logits.dim(1);
  if (peak.size() != rows || total.size() != rows) return context.fail("OnlineSoftmax: shapes differ");
  const Tensor newPeak = context.output(1, {rows, 1}), newTotal = context.output(2, {rows, 1});
  const Tensor factor = context.output(3, {rows, 1});
  parallelRows(rows, width, [&](int64_t first, int64_t end) {
    for (int64_t t = first; t < end; t++) {
      float* z = logits.floats() + t * width;
      Vector peaks = broadcast(peak.floats()[t]), sums{};
      overVectors(width, [&](int64_t k, int part) {
        Vector v = part == kLanes ? load(z + k) : broadcast(z[k]);
        for (int i = 0; part < kLanes && i < part; i++) v[i] = z[k + i];
        peaks = v > peaks ? v : peaks;
      });
      const float top = maximum(peaks);
      overVectors(width, [&](int64_t k, int part) {
        const Vector e = exponential(get(z + k, part) - top);
        put(z + k, e, part);
        for (int i = 0; part < kLanes && i < part; i++) sums[i] += e[i];
        if (part == kLanes) sums += e;
      });
      const float scale = std::exp(peak.floats()[t] - top);
      newPeak.floats()[t] = top;
      newTotal.floats()[t] = total.floats()[t] * scale + sum(sums);
      factor.floats()[t] = scale;
    }
  });
  context.pass(0, logits);
}

const bool registered =
    registerKernel<rmsNorm>("RetuneRmsNorm", {"x: float", "weight: float"}, {"y: float"}, {"epsilon: float"}) &&
    registerKernel<rmsNormGradient>("RetuneRmsNormGradient",
                                    {"dy: float", "x: float", "weight: float", "residual: float"}, {"dx: float"},
                                    {"epsilon: float"}) &&
    registerKernel<rope>("RetuneRope", {"x: float", "cos: float", "sin: float"}, {"y: float"},
                         {"heads: int", "head_width: int", "halves: int", "direction: int"}) &&
    registerKernel<swiglu>("RetuneSwiglu", {"gate_up: float"}, {"y: float"}, {}) &&
    registerKernel<swigluGradient>("RetuneSwigluGradient", {"dy: float", "gate_up: float"}, {"d_gate_up: float"}, {}) &&
    registerKernel<onlineSoftmax>("RetuneOnlineSoftmax", {"logits: float", "peak: float", "total: float"},
                                  {"e: float", "new_peak: float", "new_total: float", "factor: float"}, {});

}  // namespace
}  // namespace retune
