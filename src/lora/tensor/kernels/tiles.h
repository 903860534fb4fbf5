// Small matrix products in registers, for operands that already lie in a core's cache.
#pragma once
#include "simd.h"

namespace retune {

/** Rows and vectors of one register tile: 8 × 2 accumulators leave room for the operands. */
constexpr int kTileRows = 8;

/** C tile (Rows, Vectors · lanes) = or += Σ_k a[i][k] · b[k][…], with `a` read at (row · rowStep + k · depthStep). */
template <int Rows, int Vectors, bool Add>
inline void tile(const float* a, int64_t rowStep, int64_t depthStep, const float* b, int64_t ldb, float* c, int64_t ldc,
                 int64_t depth) {
  Vector total[Rows][Vectors];
  for (int i = 0; i < Rows; i++)
    for (int v = 0; v < Vectors; v++) total[i][v] = Add ? load(c + i * ldc + v * kLanes) : Vector{};
  for (int64_t k = 0; k < depth; k++) {
    Vector row[Vectors];
    for (int v = 0; v < Vectors; v++) row[v] = load(b + k * ldb + v * kLanes);
    for (int i = 0; i < Rows; i++) {
      const Vector factor = broadcast(a[i * rowStep + k * depthStep]);
      for (int v = 0; v < Vectors; v++) total[i][v] += factor * row[v];
    }
  }
  for (int i = 0; i < Rows; i++)
    for (int v = 0; v < Vectors; v++) store(c + i * ldc + v * kLanes, total[i][v]);
}

template <int Vectors, bool Add>
inline void tileRows(int64_t rows, const float* a, int64_t rowStep, int64_t depthStep, const float* b, int64_t ldb,
                     float* c, int64_t ldc, int64_t depth) {
  int64_t i = 0;
  for (; i + kTileRows <= rows; i += kTileRows)
    tile<kTileRows, Vectors, Add>(a + i * rowStep, rowStep, depthStep, b, ldb, c + i * ldc, ldc, depth);
  for (; i < rows; i++) tile<1, Vectors, Add>(a + i * rowStep, rowStep, depthStep, b, ldb, c + i * ldc, ldc, depth);
}

/**
 * C (rows, columns) = or += A B with A[i][k] at a[i · rowStep + k · depthStep] (so A may be transposed) and B (depth, columns).
 * `columns` is a multiple of the lanes.
 */
template <bool Add>
inline void multiply(int64_t rows, int64_t columns, int64_t depth, const float* a, int64_t rowStep, int64_t depthStep,
                     const float* b, int64_t ldb, float* c, int64_t ldc) {
  int64_t j = 0;
  for (; j + 2 * kLanes <= columns; j += 2 * kLanes)
    tileRows<2, Add>(rows, a, rowStep, depthStep, b + j, ldb, c + j, ldc, depth);
  if (j < columns) tileRows<1, Add>(rows, a, rowStep, depthStep, b + j, ldb, c + j, ldc, depth);
}

}  // namespace retune
