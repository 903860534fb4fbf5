// Small matrix products in registers, for operands that already lie in a core's cache.
#pragma once
#include "simd.h"

namespace retune {

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

/** Full tiles of `Rows` rows, then smaller ones: the last rows must not cost a pass each. */
template <int Rows, int Vectors, bool Add>
inline void tileRows(int64_t rows, const float* a, int64_t rowStep, int64_t depthStep, const float* b, int64_t ldb,
                     float* c, int64_t ldc, int64_t depth) {
  int64_t i = 0;
  for (; i + Rows <= rows; i += Rows)
    tile<Rows, Vectors, Add>(a + i * rowStep, rowStep, depthStep, b, ldb, c + i * ldc, ldc, depth);
  if constexpr (Rows > 1)
    tileRows<Rows / 2, Vectors, Add>(rows - i, a + i * rowStep, rowStep, depthStep, b, ldb, c + i * ldc, ldc, depth);
}

/** The columns that don't fill a vector, one number at a time. */
template <bool Add>
inline void multiplyRest(int64_t rows, int64_t columns, int64_t depth, const float* a, int64_t rowStep,
                         int64_t depthStep, const float* b, int64_t ldb, float* c, int64_t ldc) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++) {
      float total = Add ? c[i * ldc + j] : 0;
      for (int64_t k = 0; k < depth; k++) total += a[i * rowStep + k * depthStep] * b[k * ldb + j];
      c[i * ldc + j] = total;
    }
}

/** C (rows, columns) = or += A B with A[i][k] at a[i · rowStep + k · depthStep] (so A may be transposed) and B (depth, columns). */
template <bool Add>
inline void multiply(int64_t rows, int64_t columns, int64_t depth, const float* a, int64_t rowStep, int64_t depthStep,
                     const float* b, int64_t ldb, float* c, int64_t ldc) {
  // As many accumulators as the registers hold beside the operands (32 with AVX-512, else 16).
  constexpr int kRows = kLanes == 16 ? 8 : 4;
  constexpr int kNarrowRows = kLanes == 16 ? 16 : 8;
  int64_t j = 0;
  for (; j + 3 * kLanes <= columns && kLanes == 16; j += 3 * kLanes)
    tileRows<kRows, 3, Add>(rows, a, rowStep, depthStep, b + j, ldb, c + j, ldc, depth);
  for (; j + 2 * kLanes <= columns; j += 2 * kLanes)
    tileRows<kRows, 2, Add>(rows, a, rowStep, depthStep, b + j, ldb, c + j, ldc, depth);
  for (; j + kLanes <= columns; j += kLanes)
    tileRows<kNarrowRows, 1, Add>(rows, a, rowStep, depthStep, b + j, ldb, c + j, ldc, depth);
  if (j < columns) multiplyRest<Add>(rows, columns - j, depth, a, rowStep, depthStep, b + j, ldb, c + j, ldc);
}

}  // namespace retune
