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

/** Rows become columns. */
inline void transpose(floats v[LANES]) {
    floats t[LANES];
    for (int i = 0; i < LANES; i += 2) {
        t[i]     = _mm512_unpacklo_ps(v[i], v[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(v[i], v[i + 1]);
    }
    const auto low  = [](floats a, floats b) { return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b))); };
    const auto high = [](floats a, floats b) { return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b))); };
    floats     q[LANES];
    for (int i = 0; i < LANES; i += 4) {
        q[i]     = low(t[i], t[i + 2]);
        q[i + 1] = high(t[i], t[i + 2]);
        q[i + 2] = low(t[i + 1], t[i + 3]);
        q[i + 3] = high(t[i + 1], t[i + 3]);
    }
    // Quarter L of q[4 i + c] holds column 4 L + c of rows 4 i to 4 i + 3.
    for (int c = 0; c < 4; c++) {
        const floats even_top = _mm512_shuffle_f32x4(q[c], q[4 + c], 0x88), even_end = _mm512_shuffle_f32x4(q[8 + c], q[12 + c], 0x88);
        const floats odd_top = _mm512_shuffle_f32x4(q[c], q[4 + c], 0xdd), odd_end = _mm512_shuffle_f32x4(q[8 + c], q[12 + c], 0xdd);
        v[c]      = _mm512_shuffle_f32x4(even_top, even_end, 0x88);
        v[8 + c]  = _mm512_shuffle_f32x4(even_top, even_end, 0xdd);
        v[4 + c]  = _mm512_shuffle_f32x4(odd_top, odd_end, 0x88);
        v[12 + c] = _mm512_shuffle_f32x4(odd_top, odd_end, 0xdd);
    }
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

/** Rows become columns. */
inline void transpose(floats v[LANES]) {
    floats t[LANES];
    for (int i = 0; i < LANES; i += 2) {
        t[i]     = _mm256_unpacklo_ps(v[i], v[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
    }
    floats q[LANES];
    for (int i = 0; i < LANES; i += 4) {
        q[i]     = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        q[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
        q[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        q[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
    for (int c = 0; c < 4; c++) {
        v[c]     = _mm256_permute2f128_ps(q[c], q[4 + c], 0x20);
        v[4 + c] = _mm256_permute2f128_ps(q[c], q[4 + c], 0x31);
    }
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
