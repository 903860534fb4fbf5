// Block-diagonal causal attention and its gradient, one task for each segment and key/value head. Scores exist only for a few query
// rows at a time; the way back computes them again from the kept log Σ exp of each row (Dao et al. 2022, FlashAttention, section 3.1).
//
// Rows of `qkv` (T, (H + 2 K) · h) hold the rotated queries, the rotated keys, and the values. A segment sees its own earlier rows
// and whole ranges of rows before it: `segments` is, one after another, start, length, n, then n × (first row, length).
#include <algorithm>
#include <cmath>
#include <limits>

#include "op.h"
#include "tiles.h"

namespace retune {
namespace {

struct Range {
  int64_t start, length;
};

struct Segment {
  int64_t start, length;
  std::vector<Range> visible;
  int64_t visibleRows = 0;
  /** Row of the shared scratch where its gradient to the visible rows is put. */
  int64_t scratchRow = 0;
};

bool readSegments(const Tensor& encoded, int64_t rows, std::vector<Segment>& segments) {
  const int32_t *at = encoded.ints(), *end = at + encoded.size();
  int64_t scratchRow = 0, covered = 0;
  while (at < end) {
    if (end - at < 3) return false;
    Segment segment{at[0], at[1], {}};
    const int64_t ranges = at[2];
    at += 3;
    if (segment.start != covered || segment.length < 1 || ranges < 0 || end - at < 2 * ranges) return false;
    for (int64_t i = 0; i < ranges; i++, at += 2) {
      if (at[0] < 0 || at[1] < 1 || at[0] + at[1] > segment.start) return false;
      segment.visible.push_back({at[0], at[1]});
      segment.visibleRows += at[1];
    }
    covered += segment.length;
    segment.scratchRow = scratchRow;
    scratchRow += segment.visibleRows;
    segments.push_back(segment);
  }
  return covered == rows;
}

/** Sizes of one call. */
struct Shape {
  int64_t heads, groups, width, wide, rowWidth, perGroup;
  float scale;
  Shape(const Attributes& a)
      : heads(a.heads), groups(a.keyValueHeads), width(a.headWidth), wide(padded(static_cast<int>(a.headWidth))),
        rowWidth((a.heads + 2 * a.keyValueHeads) * a.headWidth), perGroup(a.heads / a.keyValueHeads),
        scale(1.0f / std::sqrt(static_cast<float>(a.headWidth))) {}
  const float* query(const float* qkv, int64_t row, int64_t head) const { return qkv + row * rowWidth + head * width; }
  const float* key(const float* qkv, int64_t row, int64_t group) const {
    return qkv + row * rowWidth + (heads + group) * width;
  }
  const float* value(const float* qkv, int64_t row, int64_t group) const {
    return qkv + row * rowWidth + (heads + groups + group) * width;
  }
};

/** What a segment sees of one key/value head, close together: n rows, zero beyond the head's width and beyond n. */
struct Visible {
  int64_t n, wideN;
  float *keys, *values;              // (n, wide)
  float *keysAcross, *valuesAcross;  // (wide, wideN)

  static size_t floats(int64_t n, int64_t wide) { return 4 * padded(static_cast<int>(n)) * wide; }

  void gather(float* memory, const Shape& shape, const float* qkv, const Segment& segment, int64_t group) {
    n = segment.visibleRows + segment.length;
    wideN = padded(static_cast<int>(n));
    const int64_t size = wideN * shape.wide;
    keys = memory, values = keys + size, keysAcross = values + size, valuesAcross = keysAcross + size;
    std::fill(memory, memory + 4 * size, 0.0f);
    int64_t at = 0;
    auto take = [&](int64_t first, int64_t length) {
      for (int64_t row = first; row < first + length; row++, at++) {
        const float *k = shape.key(qkv, row, group), *v = shape.value(qkv, row, group);
        std::copy(k, k + shape.width, keys + at * shape.wide);
        std::copy(v, v + shape.width, values + at * shape.wide);
        for (int64_t d = 0; d < shape.width; d++) {
          keysAcross[d * wideN + at] = k[d];
          valuesAcross[d * wideN + at] = v[d];
        }
      }
    };
    for (const Range& range : segment.visible) take(range.start, range.length);
    take(segment.start, segment.length);
  }
};

constexpr int64_t kQueries = 32;

/** A few query rows of one head: (rows, wide), and their scores (rows, wideN). */
struct Queries {
  int64_t first, rows, seen;  // `seen`: columns that any of them needs, a multiple of the lanes
  float *q, *scores;

  void scoresOf(const Shape& shape, const float* qkv, const Segment& segment, const Visible& visible, int64_t head) {
    std::fill(q, q + kQueries * shape.wide, 0.0f);
    for (int64_t i = 0; i < rows; i++) {
      const float* from = shape.query(qkv, segment.start + first + i, head);
      for (int64_t d = 0; d < shape.width; d++) q[i * shape.wide + d] = from[d] * shape.scale;
    }
    seen = padded(static_cast<int>(segment.visibleRows + first + rows));
    multiply<false>(rows, seen, shape.width, q, shape.wide, 1, visible.keysAcross, visible.wideN, scores, visible.wideN);
    for (int64_t i = 0; i < rows; i++) {
      float* row = scores + i * visible.wideN;
      const int64_t allowed = segment.visibleRows + first + i + 1;
      std::fill(row + allowed, row + seen, -std::numeric_limits<float>::infinity());
    }
  }
};

/** exp(score − shift) of one row in place; gives their sum. */
float exponentials(float* row, int64_t seen, float shift) {
  Vector total{};
  for (int64_t j = 0; j < seen; j += kLanes) {
    const Vector score = load(row + j);
    Vector e = exponential(score - shift);
    e = score == -std::numeric_limits<float>::infinity() ? Vector{} : e;
    store(row + j, e);
    total += e;
  }
  return sum(total);
}

template <typename F>
void overQueries(const Segment& segment, F body) {
  for (int64_t first = 0; first < segment.length; first += kQueries)
    body(first, std::min(kQueries, segment.length - first));
}

bool checked(Context& context, const Tensor& qkv, const Tensor& encoded, std::vector<Segment>& segments) {
  const Attributes& a = context.attributes;
  const bool fits = a.keyValueHeads > 0 && a.heads % a.keyValueHeads == 0 &&
                    qkv.dim(1) == (a.heads + 2 * a.keyValueHeads) * a.headWidth &&
                    readSegments(encoded, qkv.dim(0), segments);
  if (!fits) context.fail("Attention: the segments or the heads don't fit the rows");
  return fits;
}

/** Gives y (T, H · h) and log Σ exp of each row's scores (T, H). */
void attention(Context& context) {
  const Tensor qkv = context.input(0), encoded = context.input(1);
  std::vector<Segment> segments;
  if (!checked(context, qkv, encoded, segments)) return;
  const Shape shape(context.attributes);
  const int64_t tokens = qkv.dim(0);
  const Tensor y = context.output(0, {tokens, shape.heads * shape.width});
  const Tensor logSums = context.output(1, {tokens, shape.heads});
  parallel(static_cast<int>(segments.size() * shape.groups), [&](int task) {
    static thread_local Scratch scratch;
    const Segment& segment = segments[task / shape.groups];
    const int64_t group = task % shape.groups, n = segment.visibleRows + segment.length;
    const int64_t wideN = padded(static_cast<int>(n));
    float* memory = scratch.get(Visible::floats(n, shape.wide) + kQueries * (2 * shape.wide + wideN));
    Visible visible;
    visible.gather(memory, shape, qkv.floats(), segment, group);
    Queries queries;
    queries.q = memory + Visible::floats(n, shape.wide);
    float* mixed = queries.q + kQueries * shape.wide;
    queries.scores = mixed + kQueries * shape.wide;
    for (int64_t head = group * shape.perGroup; head < (group + 1) * shape.perGroup; head++) {
      overQueries(segment, [&](int64_t first, int64_t rows) {
        queries.first = first, queries.rows = rows;
        queries.scoresOf(shape, qkv.floats(), segment, visible, head);
        float sums[kQueries];
        for (int64_t i = 0; i < rows; i++) {
          float* row = queries.scores + i * wideN;
          Vector peaks = load(row);
          for (int64_t j = kLanes; j < queries.seen; j += kLanes) {
            const Vector v = load(row + j);
            peaks = v > peaks ? v : peaks;
          }
          const float peak = maximum(peaks);
          sums[i] = exponentials(row, queries.seen, peak);
          logSums.floats()[(segment.start + first + i) * shape.heads + head] = peak + std::log(sums[i]);
        }
        multiply<false>(rows, shape.wide, queries.seen, queries.scores, wideN, 1, visible.values, shape.wide, mixed,
                        shape.wide);
        for (int64_t i = 0; i < rows; i++) {
          float* to = y.floats() + (segment.start + first + i) * shape.heads * shape.width + head * shape.width;
          for (int64_t d = 0; d < shape.width; d++) to[d] = mixed[i * shape.wide + d] / sums[i];
        }
      });
    }
  });
}

/** Where one task puts its gradient: the segment's own rows, and the visible rows of the shared scratch. */
void scatter(const Shape& shape, const Segment& segment, int64_t group, const float* dKeys, const float* dValues,
             float* dqkv, float* shared) {
  const int64_t pair = 2 * shape.width;
  for (int64_t j = 0; j < segment.visibleRows; j++) {
    float* to = shared + ((segment.scratchRow + j) * shape.groups + group) * pair;
    std::copy(dKeys + j * shape.wide, dKeys + j * shape.wide + shape.width, to);
    std::copy(dValues + j * shape.wide, dValues + j * shape.wide + shape.width, to + shape.width);
  }
  for (int64_t j = 0; j < segment.length; j++) {
    const int64_t from = (segment.visibleRows + j) * shape.wide, row = segment.start + j;
    std::copy(dKeys + from, dKeys + from + shape.width, const_cast<float*>(shape.key(dqkv, row, group)));
    std::copy(dValues + from, dValues + from + shape.width, const_cast<float*>(shape.value(dqkv, row, group)));
  }
}

/** Adds what every segment gave to rows it only sees, in the segments' order: the sum must not depend on timing. */
void addVisible(const Shape& shape, const std::vector<Segment>& segments, const float* shared, float* dqkv) {
  parallel(static_cast<int>(shape.groups), [&](int group) {
    for (const Segment& segment : segments) {
      int64_t from = segment.scratchRow;
      for (const Range& range : segment.visible)
        for (int64_t row = range.start; row < range.start + range.length; row++, from++) {
          const float* part = shared + (from * shape.groups + group) * 2 * shape.width;
          float* dKey = const_cast<float*>(shape.key(dqkv, row, group));
          float* dValue = const_cast<float*>(shape.value(dqkv, row, group));
          for (int64_t d = 0; d < shape.width; d++) dKey[d] += part[d], dValue[d] += part[shape.width + d];
        }
    }
  });
}

/** dV = Pᵀ dY, dS = P ⊙ (dP − rowsum(dY ⊙ Y)) with dP = dY Vᵀ, dQ = dS K, dK = dSᵀ Q. */
void attentionGradient(Context& context) {
  const Tensor qkv = context.input(0), encoded = context.input(1), y = context.input(2), logSums = context.input(3),
               dy = context.input(4);
  std::vector<Segment> segments;
  if (!checked(context, qkv, encoded, segments)) return;
  const Shape shape(context.attributes);
  const int64_t tokens = qkv.dim(0), outWidth = shape.heads * shape.width;
  if (y.size() != tokens * outWidth || dy.size() != y.size() || logSums.size() != tokens * shape.heads)
    return context.fail("AttentionGradient: shapes differ");
  const Tensor dqkv = context.output(0, {tokens, shape.rowWidth});
  int64_t sharedRows = 0;
  for (const Segment& segment : segments) sharedRows += segment.visibleRows;
  static thread_local Scratch sharedScratch;
  float* shared = sharedScratch.get(sharedRows * shape.groups * 2 * shape.width + 1);
  parallel(static_cast<int>(segments.size() * shape.groups), [&](int task) {
    static thread_local Scratch scratch;
    const Segment& segment = segments[task / shape.groups];
    const int64_t group = task % shape.groups, n = segment.visibleRows + segment.length;
    const int64_t wideN = padded(static_cast<int>(n)), wide = shape.wide;
    float* memory = scratch.get(Visible::floats(n, wide) + kQueries * (3 * wide + 2 * wideN) + 2 * wideN * wide);
    Visible visible;
    visible.gather(memory, shape, qkv.floats(), segment, group);
    Queries queries;
    queries.q = memory + Visible::floats(n, wide);
    float* dOut = queries.q + kQueries * wide;
    float* dQuery = dOut + kQueries * wide;
    queries.scores = dQuery + kQueries * wide;
    float* dScores = queries.scores + kQueries * wideN;
    float* dKeys = dScores + kQueries * wideN;
    float* dValues = dKeys + wideN * wide;
    std::fill(dKeys, dKeys + 2 * wideN * wide, 0.0f);
    for (int64_t head = group * shape.perGroup; head < (group + 1) * shape.perGroup; head++) {
      overQueries(segment, [&](int64_t first, int64_t rows) {
        queries.first = first, queries.rows = rows;
        queries.scoresOf(shape, qkv.floats(), segment, visible, head);
        std::fill(dOut, dOut + kQueries * wide, 0.0f);
        float dots[kQueries];
        for (int64_t i = 0; i < rows; i++) {
          const int64_t row = segment.start + first + i;
          exponentials(queries.scores + i * wideN, queries.seen, logSums.floats()[row * shape.heads + head]);
          const float *d = dy.floats() + row * outWidth + head * shape.width, *o = y.floats() + row * outWidth + head * shape.width;
          float dot = 0;
          for (int64_t k = 0; k < shape.width; k++) dOut[i * wide + k] = d[k], dot += d[k] * o[k];
          dots[i] = dot;
        }
        multiply<true>(queries.seen, wide, rows, queries.scores, 1, wideN, dOut, wide, dValues, wide);
        multiply<false>(rows, queries.seen, shape.width, dOut, wide, 1, visible.valuesAcross, wideN, dScores, wideN);
        for (int64_t i = 0; i < rows; i++)
          for (int64_t j = 0; j < queries.seen; j += kLanes)
            store(dScores + i * wideN + j, load(queries.scores + i * wideN + j) * (load(dScores + i * wideN + j) - dots[i]));
        multiply<true>(queries.seen, wide, rows, dScores, 1, wideN, queries.q, wide, dKeys, wide);
        multiply<false>(rows, wide, queries.seen, dScores, wideN, 1, visible.keys, wide, dQuery, wide);
        for (int64_t i = 0; i < rows; i++) {
          float* to = const_cast<float*>(shape.query(dqkv.floats(), segment.start + first + i, head));
          for (int64_t d = 0; d < shape.width; d++) to[d] = dQuery[i * wide + d] * shape.scale;
        }
      });
    }
    scatter(shape, segment, group, dKeys, dValues, dqkv.floats(), shared);
  });
  addVisible(shape, segments, shared, dqkv.floats());
}

const std::vector<const char*> kHeadAttributes = {"heads: int", "key_value_heads: int", "head_width: int"};
const bool registered =
    registerKernel<attention>("RetuneAttention", {"qkv: float", "segments: int32"}, {"y: float", "log_sums: float"},
                              kHeadAttributes) &&
    registerKernel<attentionGradient>(
        "RetuneAttentionGradient",
        {"qkv: float", "segments: int32", "y: float", "log_sums: float", "dy: float"}, {"d_qkv: float"},
        kHeadAttributes);

}  // namespace
}  // namespace retune
