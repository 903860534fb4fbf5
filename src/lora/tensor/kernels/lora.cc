// LoRA (Hu et al. 2021) over frozen weights that are multiplied as one: the weights of q, k and v lie in one matrix, those of
// gate and up in another. `lora` is the adapter's part for them, as in the flat vector: for each target its A (rank, in), then
// its B (out, rank).
#include <algorithm>

#include "op.h"
#include "tiles.h"

namespace retune {
namespace {

int64_t expectedLength(const Attributes& a, int64_t inputs) {
  int64_t length = 0;
  for (int64_t out : a.outputs) length += a.rank * (inputs + out);
  return length;
}

int64_t totalOutputs(const Attributes& a) {
  int64_t total = 0;
  for (int64_t out : a.outputs) total += out;
  return total;
}

/** W′ = W + s B A, row by row: a forward and a backward pass with W′ need no other product with A or B on their way. */
void fold(Context& context) {
  const Attributes& a = context.attributes;
  const Tensor weight = context.input(0), lora = context.input(1);
  const int64_t rows = weight.dim(0), inputs = weight.dim(1), rank = a.rank;
  if (rows != totalOutputs(a) || lora.size() != expectedLength(a, inputs)) return context.fail("Fold: shapes differ");
  const Tensor folded = context.output(0, {rows, inputs});
  int64_t firstRow = 0;
  const float* values = lora.floats();
  for (int64_t out : a.outputs) {
    const float *matrixA = values, *matrixB = values + rank * inputs;
    parallelRows(out, inputs, [&](int64_t first, int64_t end) {
      std::vector<float> factors(rank);
      for (int64_t o = first; o < end; o++) {
        const float* from = weight.floats() + (firstRow + o) * inputs;
        float* to = folded.floats() + (firstRow + o) * inputs;
        for (int64_t r = 0; r < rank; r++) factors[r] = a.scaling * matrixB[o * rank + r];
        for (int64_t k = 0; k < inputs; k += kLanes) {
          const int part = static_cast<int>(std::min<int64_t>(kLanes, inputs - k));
          const bool whole = part == kLanes;
          Vector v = whole ? load(from + k) : loadPart(from + k, part);
          for (int64_t r = 0; r < rank; r++) {
            const float* row = matrixA + r * inputs + k;
            v += broadcast(factors[r]) * (whole ? load(row) : loadPart(row, part));
          }
          if (whole) store(to + k, v);
          else storePart(to + k, v, part);
        }
      }
    });
    firstRow += out;
    values += rank * (inputs + out);
  }
}

/** to (columns, wide) = from (rows, columns) transposed, the rest of `wide` zero. */
void transposeInto(const float* from, int64_t rows, int64_t columns, float* to, int64_t wide) {
  std::fill(to, to + columns * wide, 0.0f);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) to[c * wide + r] = from[r * columns + c];
}

void widenInto(const float* from, int64_t rows, int64_t columns, float* to, int64_t wide) {
  std::fill(to, to + rows * wide, 0.0f);
  for (int64_t r = 0; r < rows; r++) std::copy(from + r * columns, from + (r + 1) * columns, to + r * wide);
}

constexpr int64_t kPanel = 64;

/** dA (rank, in) and dBᵀ (rank, out) of one target over the rows first … end, added to `gradA` and `gradB`. */
void accumulate(int64_t first, int64_t end, const float* x, int64_t inputs, const float* dy, int64_t ldDy, int64_t out,
                int64_t rank, const float* wideA, const float* wideB, int64_t wide, float scaling, float* gradA,
                float* gradB) {
  static thread_local Scratch scratch;
  float* u = scratch.get(2 * kPanel * wide);
  float* v = u + kPanel * wide;
  for (int64_t row = first; row < end; row += kPanel) {
    const int64_t rows = std::min(kPanel, end - row);
    const float *xs = x + row * inputs, *dys = dy + row * ldDy;
    multiply<false>(rows, wide, inputs, xs, inputs, 1, wideA, wide, u, wide);
    multiply<false>(rows, wide, out, dys, ldDy, 1, wideB, wide, v, wide);
    for (int64_t i = 0; i < rows * wide; i++) u[i] *= scaling, v[i] *= scaling;
    multiply<true>(rank, inputs, rows, v, 1, wide, xs, inputs, gradA, inputs);
    multiply<true>(rank, out, rows, u, 1, wide, dys, ldDy, gradB, out);
  }
}

/**
 * The gradient of a group's A and B: with u = s x Aᵀ and v = s dy B, dA = vᵀ x and dB = dyᵀ u. All four products of a panel of rows
 * are done while it lies in the cache; u and v never exist as a whole.
 */
void gradient(Context& context) {
  const Attributes& a = context.attributes;
  const Tensor x = context.input(0), dy = context.input(1), lora = context.input(2);
  const int64_t rows = x.dim(0), inputs = x.dim(1), ldDy = dy.dim(1), rank = a.rank, wide = padded(rank);
  if (dy.dim(0) != rows || ldDy != totalOutputs(a) || lora.size() != expectedLength(a, inputs))
    return context.fail("LoraGradient: shapes differ");
  const Tensor result = context.output(0, {lora.size()});
  // The parts are added up in order, so that the sum depends on the number of threads but not on their timing.
  const int parts = threadCount();
  const int64_t step = (rows + parts * kPanel - 1) / (parts * kPanel) * kPanel;
  int64_t firstColumn = 0, offset = 0;
  for (int64_t out : a.outputs) {
    static thread_local Scratch shared;
    const int64_t size = rank * (inputs + out);
    float* wideA = shared.get(wide * (inputs + out) + parts * size);
    float* wideB = wideA + wide * inputs;
    float* sums = wideB + wide * out;
    transposeInto(lora.floats() + offset, rank, inputs, wideA, wide);
    widenInto(lora.floats() + offset + rank * inputs, out, rank, wideB, wide);
    parallel(parts, [&](int part) {
      float* gradA = sums + part * size;
      std::fill(gradA, gradA + size, 0.0f);
      accumulate(std::min(rows, part * step), std::min(rows, (part + 1) * step), x.floats(), inputs,
                 dy.floats() + firstColumn, ldDy, out, rank, wideA, wideB, wide, a.scaling, gradA,
                 gradA + rank * inputs);
    });
    float* to = result.floats() + offset;
    auto total = [&](int64_t at) {
      float value = sums[at];
      for (int part = 1; part < parts; part++) value += sums[part * size + at];
      return value;
    };
    for (int64_t at = 0; at < rank * inputs; at++) *to++ = total(at);
    for (int64_t o = 0; o < out; o++)
      for (int64_t r = 0; r < rank; r++) *to++ = total(rank * inputs + r * out + o);
    firstColumn += out;
    offset += rank * (inputs + out);
  }
}

const bool registered =
    registerKernel<fold>("RetuneFold", {"weight: float", "lora: float"}, {"folded: float"},
                         {"outputs: list(int)", "rank: int", "scaling: float"}) &&
    registerKernel<gradient>("RetuneLoraGradient", {"x: float", "dy: float", "lora: float"}, {"gradient: float"},
                             {"outputs: list(int)", "rank: int", "scaling: float"});

}  // namespace
}  // namespace retune
