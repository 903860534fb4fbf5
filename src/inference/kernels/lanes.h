// A vector register of floats, and what the kernels do with it, once for AVX-512 and once for AVX2.
#pragma once
#include "ggml-impl.h"

#include <immintrin.h>

namespace lanes {

#if defined(RETUNE_AVX512)
constexpr int LANES = 16;
using floats        = __m512;
inline floats none() { return _mm512_setzero_ps(); }
inline floats all(float v) { return _mm512_set1_ps(v); }
inline floats load(const float * p) { return _mm512_loadu_ps(p); }
inline floats halves(const ggml_fp16_t * p) { return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p))); }
inline void   store(float * p, floats v) { _mm512_storeu_ps(p, v); }
inline floats plus(floats a, floats b) { return _mm512_add_ps(a, b); }
inline floats minus(floats a, floats b) { return _mm512_sub_ps(a, b); }
inline floats times(floats a, floats b) { return _mm512_mul_ps(a, b); }
inline floats fma(floats a, floats b, floats c) { return _mm512_fmadd_ps(a, b, c); }
inline floats larger(floats a, floats b) { return _mm512_max_ps(a, b); }
inline floats nearest(floats v) { return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
/** v · 2^n for whole n of at least −126. */
inline floats scaled(floats v, floats n) { return _mm512_scalef_ps(v, n); }
/** v where x ≥ least, else 0. */
inline floats where_at_least(floats x, floats least, floats v) { return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, least, _CMP_GE_OQ), v); }
inline float  largest_of(floats v) { return _mm512_reduce_max_ps(v); }
inline float  sum_of(floats v) { return _mm512_reduce_add_ps(v); }

/** For each four lanes, their sum in each of four registers: (0 + 1) + (2 + 3). */
inline floats sums_of_fours(const floats v[4]) {
    const auto both = [](floats a, floats b) { return plus(_mm512_shuffle_ps(a, b, 0x88), _mm512_shuffle_ps(a, b, 0xdd)); };
    return both(both(v[0], v[1]), both(v[2], v[3]));
}

/** What `sums_of_fours` made of LANES registers, four by four → each register's sum, (0 + 1) + (2 + 3) of its fours. */
inline floats sums_of(const floats fours[LANES / 4]) {
    const auto both = [](floats a, floats b) { return plus(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd)); };
    return both(both(fours[0], fours[1]), both(fours[2], fours[3]));
}
#else
constexpr int LANES = 8;
using floats        = __m256;
inline floats none() { return _mm256_setzero_ps(); }
inline floats all(float v) { return _mm256_set1_ps(v); }
inline floats load(const float * p) { return _mm256_loadu_ps(p); }
inline floats halves(const ggml_fp16_t * p) { return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p))); }
inline void   store(float * p, floats v) { _mm256_storeu_ps(p, v); }
inline floats plus(floats a, floats b) { return _mm256_add_ps(a, b); }
inline floats minus(floats a, floats b) { return _mm256_sub_ps(a, b); }
inline floats times(floats a, floats b) { return _mm256_mul_ps(a, b); }
inline floats fma(floats a, floats b, floats c) { return _mm256_fmadd_ps(a, b, c); }
inline floats larger(floats a, floats b) { return _mm256_max_ps(a, b); }
inline floats nearest(floats v) { return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline floats scaled(floats v, floats n) {
    const __m256i exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_mul_ps(v, _mm256_castsi256_ps(exponent));
}
inline floats where_at_least(floats x, floats least, floats v) { return _mm256_and_ps(_mm256_cmp_ps(x, least, _CMP_GE_OQ), v); }
inline float  largest_of(floats v) {
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    m        = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}
inline float sum_of(floats v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s        = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

/** For each four lanes, their sum in each of four registers: (0 + 1) + (2 + 3). */
inline floats sums_of_fours(const floats v[4]) {
    const auto both = [](floats a, floats b) { return plus(_mm256_shuffle_ps(a, b, 0x88), _mm256_shuffle_ps(a, b, 0xdd)); };
    return both(both(v[0], v[1]), both(v[2], v[3]));
}

/** What `sums_of_fours` made of LANES registers, four by four → each register's sum, 0 + 1 of its fours. */
inline floats sums_of(const floats fours[LANES / 4]) {
    return plus(_mm256_permute2f128_ps(fours[0], fours[1], 0x20), _mm256_permute2f128_ps(fours[0], fours[1], 0x31));
}
#endif

/** e^x for x ≤ 0, within 2 units in the last place; 0 below −87. The polynomial is Cephes' `expf`. */
inline floats exp_of(floats x) {
    const floats least = all(-87.0f);
    const floats c     = larger(x, least);
    const floats n     = nearest(times(c, all(1.44269504f)));
    const floats r     = fma(n, all(2.12194440e-4f), fma(n, all(-0.693359375f), c));
    floats       p     = all(1.9875691500e-4f);
    for (const float each : { 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f }) p = fma(p, r, all(each));
    p = plus(fma(p, times(r, r), r), all(1.0f));
    return where_at_least(x, least, scaled(p, n));
}

}  // namespace lanes
