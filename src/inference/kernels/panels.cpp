// Matrix products with quantised weights, for the processors that answer chats: a buffer type for ggml's CPU backend.
//
// llama.cpp computes Q4_1 and Q8_0 one activation row at a time (only Q4_0 and some others are repacked for x86), so eight chats cost
// almost eight times as much as one. Here the weights of 16 output rows lie together as a *panel*: a 32-wide block of the panel is 8 groups of
// 16 × 4 bytes, so that one vector register holds 4 neighbouring values of each of the 16 rows and one `vpdpbusd` multiplies them with 4
// activations that are broadcast. A block is unpacked once for up to 8 activation rows. The weights keep their bits: nothing is quantised anew.
//
//   y[r] = Σ_blocks d·dx·Σ q·x + m·dx·Σ x,   q unsigned; w = d·q + m
//
// Q4_1 is stored so; Q4_0 has m = −8 d; Q8_0 is shifted to unsigned, so m = −128 d. Activations are quantised to 8 bits in blocks of 32, as
// llama.cpp does for these formats.
//
// llama.cpp has one place where its CPU backend asks for a buffer type from elsewhere, Arm's KleidiAI, which exists on Arm only. On x86 this file
// answers there, so that not a line of llama.cpp is patched. `src/setup/chat-kernels.ts` compiles both together.
#include "ggml-backend-impl.h"
#include "ggml-cpu-impl.h"
#include "ggml-cpu.h"
#include "ggml-impl.h"
#include "ggml-quants.h"
#include "traits.h"

#define GGML_COMMON_DECL_CPP
#include "ggml-common.h"

#include "kleidiai/kleidiai.h"
#include "lanes.h"
#include "panels.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <immintrin.h>
#include <sys/mman.h>

using namespace lanes;

namespace {

constexpr int BLOCK = 32;
constexpr int PANEL_ROWS = 16;
/** 4 neighbouring values of each row. */
constexpr int GROUP_BYTES = PANEL_ROWS * 4;
constexpr int GROUPS = BLOCK / 4;
/** Activation rows that one unpacked block serves: as many accumulators as registers allow. */
constexpr int ROWS_AT_ONCE = 8;
/** Panels that stay in the cache while all rows pass by. */
constexpr int PANELS_AT_ONCE = 8;
/** How far ahead weights are asked for: the processor itself looks ahead too little to keep one core's share of the memory busy. */
constexpr int BYTES_AHEAD = 12 << 10;
constexpr int CACHE_LINE  = 64;
/** Of a thread's weights, asked for before it has what they are multiplied with. */
constexpr int FIRST_BYTES = 4096;
/** Chunks a thread: one that is held up by another process gives work to the others. */
constexpr int CHUNKS_PER_THREAD = 4;

template <bool has_min, int bits> struct panel_block;
/** Q4_0 */
template <> struct panel_block<false, 4> {
    ggml_half d[PANEL_ROWS];
    uint8_t   qs[GROUPS / 2 * GROUP_BYTES];
};
/** Q4_1 */
template <> struct panel_block<true, 4> {
    ggml_half d[PANEL_ROWS];
    ggml_half m[PANEL_ROWS];
    uint8_t   qs[GROUPS / 2 * GROUP_BYTES];
};
/** Q8_0 */
template <> struct panel_block<false, 8> {
    ggml_half d[PANEL_ROWS];
    uint8_t   qs[GROUPS * GROUP_BYTES];
};
static_assert(sizeof(panel_block<false, 4>) == PANEL_ROWS * sizeof(block_q4_0), "a panel takes the room of its rows");
static_assert(sizeof(panel_block<true, 4>) == PANEL_ROWS * sizeof(block_q4_1), "a panel takes the room of its rows");
static_assert(sizeof(panel_block<false, 8>) == PANEL_ROWS * sizeof(block_q8_0), "a panel takes the room of its rows");

/**
 * Up to ROWS_AT_ONCE quantised activation rows, block by block: 32 bytes of each row, then each row's scale, then each row's sum. So one pointer
 * serves all rows, and what a block of weights meets lies together.
 */
struct activations {
    char *  data;
    int64_t rows;

    static constexpr int64_t BLOCK_BYTES = BLOCK + 2 * sizeof(float);

    int8_t * qs(int64_t block) const { return reinterpret_cast<int8_t *>(data + block * rows * BLOCK_BYTES); }
    float *  d(int64_t block) const { return reinterpret_cast<float *>(qs(block) + rows * BLOCK); }
    /** d · Σ qs */
    float * s(int64_t block) const { return d(block) + rows; }
};

activations activations_at(void * work, int64_t k, int64_t first, int64_t rows) {
    return { static_cast<char *>(work) + first * (k / BLOCK) * activations::BLOCK_BYTES, std::min<int64_t>(ROWS_AT_ONCE, rows - first) };
}

void quantise_block(const float * x, const activations & to, int64_t row, int64_t block) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    __m256       v[4], most = _mm256_setzero_ps();
    for (int i = 0; i < 4; i++) {
        v[i] = _mm256_loadu_ps(x + block * BLOCK + 8 * i);
        most = _mm256_max_ps(most, _mm256_andnot_ps(sign, v[i]));
    }
    __m128 m4 = _mm_max_ps(_mm256_castps256_ps128(most), _mm256_extractf128_ps(most, 1));
    m4        = _mm_max_ps(m4, _mm_movehl_ps(m4, m4));
    m4        = _mm_max_ss(m4, _mm_movehdup_ps(m4));
    const float  d       = _mm_cvtss_f32(m4) / 127.0f;
    const __m256 inverse = _mm256_set1_ps(d > 0 ? 1.0f / d : 0.0f);
    __m256i      q[4];
    for (int i = 0; i < 4; i++) {
        q[i] = _mm256_cvtps_epi32(_mm256_mul_ps(v[i], inverse));  // rounds to nearest
    }
    __m256i sums = _mm256_add_epi32(_mm256_add_epi32(q[0], q[1]), _mm256_add_epi32(q[2], q[3]));
    __m128i s4   = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    s4           = _mm_add_epi32(s4, _mm_shuffle_epi32(s4, 0x4e));
    s4           = _mm_add_epi32(s4, _mm_shuffle_epi32(s4, 0xb1));
    // Packing works within 128-bit halves; the permutation puts the groups of four back in order.
    const __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(to.qs(block) + row * BLOCK), _mm256_permutevar8x32_epi32(bytes, order));
    to.d(block)[row]    = d;
    const int32_t total = _mm_cvtsi128_si32(s4);
    to.s(block)[row]    = d * static_cast<float>(total);
}

// What a processor multiplies at once: LANES rows of the panel.
#if defined(RETUNE_AVX512)
using ints = __m512i;
inline ints   load(const uint8_t * p) { return _mm512_loadu_si512(p); }
inline ints   low(ints v) { return _mm512_and_si512(v, _mm512_set1_epi8(15)); }
inline ints   high(ints v) { return low(_mm512_srli_epi16(v, 4)); }
inline ints   four(const int8_t * x) { int32_t v; memcpy(&v, x, 4); return _mm512_set1_epi32(v); }
inline ints   dot(ints acc, ints w, ints x) { return _mm512_dpbusd_epi32(acc, w, x); }
inline ints   no_ints() { return _mm512_setzero_si512(); }
inline ints   plus(ints a, ints b) { return _mm512_add_epi32(a, b); }
inline floats to_floats(ints v) { return _mm512_cvtepi32_ps(v); }
#else
using ints = __m256i;
inline ints load(const uint8_t * p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)); }
inline ints low(ints v) { return _mm256_and_si256(v, _mm256_set1_epi8(15)); }
inline ints high(ints v) { return low(_mm256_srli_epi16(v, 4)); }
inline ints four(const int8_t * x) { int32_t v; memcpy(&v, x, 4); return _mm256_set1_epi32(v); }
#if defined(__AVXVNNI__)
inline ints dot(ints acc, ints w, ints x) { return _mm256_dpbusd_avx_epi32(acc, w, x); }
#elif defined(__AVX512VNNI__) && defined(__AVX512VL__)
inline ints dot(ints acc, ints w, ints x) { return _mm256_dpbusd_epi32(acc, w, x); }
#else
#define RETUNE_NO_VNNI
/** Two products of an unsigned and a signed byte are added in 16 bits, with saturation: right for weights of at most 128. */
inline ints dot(ints acc, ints w, ints x) {
    return _mm256_add_epi32(acc, _mm256_madd_epi16(_mm256_maddubs_epi16(w, x), _mm256_set1_epi16(1)));
}
#endif
inline ints   no_ints() { return _mm256_setzero_si256(); }
inline ints   plus(ints a, ints b) { return _mm256_add_epi32(a, b); }
inline floats to_floats(ints v) { return _mm256_cvtepi32_ps(v); }
#endif

#if defined(RETUNE_NO_VNNI)
/** Without VNNI, 8-bit weights stay signed: the sign goes over to the activations. */
constexpr int  SHIFT_8_BIT = 0;
inline ints dot_8_bit(ints acc, ints w, ints x) { return dot(acc, _mm256_abs_epi8(w), _mm256_sign_epi8(x, w)); }
#else
constexpr int  SHIFT_8_BIT = 128;
inline ints dot_8_bit(ints acc, ints w, ints x) { return dot(acc, w, x); }
#endif

/** `ROWS` activation rows times LANES rows of a panel (from `lane`) → LANES outputs a row. */
template <bool has_min, int bits, int ROWS>
void multiply(const panel_block<has_min, bits> * panel, int lane, int64_t blocks, const char * x, float * const * y) {
    floats sum[ROWS];
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; r++) sum[r] = none();
    for (int64_t b = 0; b < blocks; b++) {
        const auto & block = panel[b];
        for (size_t i = 0; i < sizeof(block); i += CACHE_LINE) __builtin_prefetch(reinterpret_cast<const char *>(&block) + BYTES_AHEAD + i);
        ints         w[GROUPS];
        for (int g = 0; g < (bits == 4 ? GROUPS / 2 : GROUPS); g++) {
            const ints bytes = load(block.qs + g * GROUP_BYTES + 4 * lane);
            if constexpr (bits == 4) {
                w[g]              = low(bytes);
                w[g + GROUPS / 2] = high(bytes);
            } else {
                w[g] = bytes;
            }
        }
        const activations at{ const_cast<char *>(x), ROWS };
        const int8_t *    q  = at.qs(b);
        const float *     dx = at.d(b);
        const float *     s  = at.s(b);
        const floats      d  = halves(block.d + lane);
        floats            m;
        if constexpr (has_min) {
            m = halves(block.m + lane);
        } else {
            m = times(d, all(bits == 4 ? -8.0f : -float(SHIFT_8_BIT)));
        }
#pragma GCC unroll 8
        for (int r = 0; r < ROWS; r++) {
            ints even = no_ints(), odd = no_ints();
#pragma GCC unroll 8
            for (int g = 0; g < GROUPS; g += 2) {
                if constexpr (bits == 4) {
                    even = dot(even, w[g], four(q + r * BLOCK + 4 * g));
                    odd  = dot(odd, w[g + 1], four(q + r * BLOCK + 4 * g + 4));
                } else {
                    even = dot_8_bit(even, w[g], four(q + r * BLOCK + 4 * g));
                    odd  = dot_8_bit(odd, w[g + 1], four(q + r * BLOCK + 4 * g + 4));
                }
            }
            sum[r] = fma(times(d, all(dx[r])), to_floats(plus(even, odd)), sum[r]);
            sum[r] = fma(m, all(s[r]), sum[r]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; r++) store(y[r] + lane, sum[r]);
}

template <bool has_min, int bits>
void multiply_panel(const panel_block<has_min, bits> * panel, int64_t blocks, const activations & x, float * const * y) {
    for (int lane = 0; lane < PANEL_ROWS; lane += LANES) {
        switch (x.rows) {
            case 1: multiply<has_min, bits, 1>(panel, lane, blocks, x.data, y); break;
            case 2: multiply<has_min, bits, 2>(panel, lane, blocks, x.data, y); break;
            case 3: multiply<has_min, bits, 3>(panel, lane, blocks, x.data, y); break;
            case 4: multiply<has_min, bits, 4>(panel, lane, blocks, x.data, y); break;
            case 5: multiply<has_min, bits, 5>(panel, lane, blocks, x.data, y); break;
            case 6: multiply<has_min, bits, 6>(panel, lane, blocks, x.data, y); break;
            case 7: multiply<has_min, bits, 7>(panel, lane, blocks, x.data, y); break;
            default: multiply<has_min, bits, 8>(panel, lane, blocks, x.data, y);
        }
    }
}

/** How the weights of one format become panels and are multiplied. */
class panel_traits : public ggml::cpu::tensor_traits {
  public:
    virtual void repack(const void * rows, void * panels, int64_t n, int64_t k) = 0;

    bool work_size(int threads, const struct ggml_tensor * op, size_t & size) override {
        size = ggml_nrows(op->src[1]) <= ROWS_AT_ONCE ? threads * room_of(op) : room_of(op);
        return true;
    }

  protected:
    /** Bytes of all quantised activation rows; a multiple of a cache line, so that no two threads' copies share one. */
    static size_t room_of(const struct ggml_tensor * op) {
        return (ggml_nelements(op->src[1]) / BLOCK * activations::BLOCK_BYTES + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    }
};

template <class Row, bool has_min, int bits> class traits_of : public panel_traits {
    using block = panel_block<has_min, bits>;

  public:
    void repack(const void * rows, void * panels, int64_t n, int64_t k) override {
        const int64_t blocks = k / BLOCK;
        const Row *   from   = static_cast<const Row *>(rows);
        block *       to     = static_cast<block *>(panels);
        for (int64_t panel = 0; panel < n / PANEL_ROWS; panel++) {
            for (int64_t b = 0; b < blocks; b++, to++) {
                for (int r = 0; r < PANEL_ROWS; r++) {
                    const Row & row = from[(panel * PANEL_ROWS + r) * blocks + b];
                    // Every format begins with its scale, and Q4_1 goes on with its minimum.
                    const ggml_half * scales = reinterpret_cast<const ggml_half *>(&row);
                    to->d[r]                 = scales[0];
                    if constexpr (has_min) to->m[r] = scales[1];
                    for (size_t i = 0; i < sizeof(row.qs); i++) {
                        const uint8_t byte = static_cast<uint8_t>(row.qs[i]);
                        to->qs[i / 4 * GROUP_BYTES + r * 4 + i % 4] = bits == 8 ? byte ^ SHIFT_8_BIT : byte;
                    }
                }
            }
        }
    }

    bool compute_forward(struct ggml_compute_params * params, struct ggml_tensor * op) override {
        if (ggml_nrows(op->src[1]) <= ROWS_AT_ONCE) compute_few(params, op);
        else compute_many(params, op);
        return true;
    }

  private:
    /**
     * For a token of each answer: a thread quantises all rows for itself and multiplies its share of the panels, since waiting for the others would take
     * as long as that. The first of its weights are on their way meanwhile.
     */
    static void compute_few(struct ggml_compute_params * params, struct ggml_tensor * op) {
        const int64_t k = op->src[0]->ne[0], blocks = k / BLOCK, panels = op->src[0]->ne[1] / PANEL_ROWS;
        const int64_t from = panels * params->ith / params->nth, to = panels * (params->ith + 1) / params->nth;
        void *        own  = static_cast<char *>(params->wdata) + params->ith * room_of(op);
        const char * first = reinterpret_cast<const char *>(static_cast<const block *>(op->src[0]->data) + from * blocks);
        for (int at = 0; at < FIRST_BYTES; at += CACHE_LINE) __builtin_prefetch(first + at, 0, 2);
        const activations x = activations_at(own, k, 0, ggml_nrows(op->src[1]));
        for (int64_t r = 0; r < x.rows; r++) {
            for (int64_t b = 0; b < blocks; b++) quantise_block(row_of(op->src[1], r), x, r, b);
        }
        multiply_panels(own, op, from, to);
    }

    static void compute_many(struct ggml_compute_params * params, struct ggml_tensor * op) {
        const ggml_tensor * weights = op->src[0];
        const ggml_tensor * input   = op->src[1];
        const int64_t       k = weights->ne[0], n = weights->ne[1], blocks = k / BLOCK;
        const int64_t       rows = ggml_nrows(input);
        // What a block of weights meets is written by one thread.
        const int64_t units = (rows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE * blocks, last = units * (params->ith + 1) / params->nth;
        for (int64_t unit = units * params->ith / params->nth; unit < last; unit++) {
            const int64_t     first = unit / blocks * ROWS_AT_ONCE;
            const activations to    = activations_at(params->wdata, k, first, rows);
            for (int64_t r = 0; r < to.rows; r++) quantise_block(row_of(input, first + r), to, r, unit % blocks);
        }
        if (params->ith == 0) ggml_threadpool_chunk_set(params->threadpool, params->nth);
        ggml_barrier(params->threadpool);

        const int64_t panels = n / PANEL_ROWS;
        const int64_t chunks = params->nth == 1 ? 1 : std::min<int64_t>(panels, params->nth * CHUNKS_PER_THREAD);
        for (int64_t chunk = params->ith; chunk < chunks; chunk = ggml_threadpool_chunk_add(params->threadpool, 1)) {
            const int64_t end = panels * (chunk + 1) / chunks;
            for (int64_t panel = panels * chunk / chunks; panel < end; panel += PANELS_AT_ONCE) {
                multiply_panels(params->wdata, op, panel, std::min<int64_t>(panel + PANELS_AT_ONCE, end));
            }
            if (params->nth == 1) break;
        }
    }

    static float * row_of(const ggml_tensor * t, int64_t i) {
        const int64_t i1 = i % t->ne[1], i2 = i / t->ne[1] % t->ne[2], i3 = i / (t->ne[1] * t->ne[2]);
        return reinterpret_cast<float *>(static_cast<char *>(t->data) + i1 * t->nb[1] + i2 * t->nb[2] + i3 * t->nb[3]);
    }

    /** All activation rows times some panels, which stay in the cache meanwhile. */
    static void multiply_panels(void * work, ggml_tensor * op, int64_t from, int64_t to) {
        const int64_t k = op->src[0]->ne[0], blocks = k / BLOCK, rows = ggml_nrows(op->src[1]);
        const block * weights = static_cast<const block *>(op->src[0]->data);
        for (int64_t first = 0; first < rows; first += ROWS_AT_ONCE) {
            const activations x = activations_at(work, k, first, rows);
            float *           start[ROWS_AT_ONCE];
            float *           y[ROWS_AT_ONCE];
            for (int64_t r = 0; r < x.rows; r++) start[r] = row_of(op, first + r);
            for (int64_t panel = from; panel < to; panel++) {
                for (int64_t r = 0; r < x.rows; r++) y[r] = start[r] + panel * PANEL_ROWS;
                multiply_panel<has_min, bits>(weights + panel * blocks, blocks, x, y);
            }
        }
    }
};

panel_traits * traits_for(const ggml_tensor * weights) {
    static traits_of<block_q4_0, false, 4> q4_0;
    static traits_of<block_q4_1, true, 4>  q4_1;
    static traits_of<block_q8_0, false, 8> q8_0;
    if (ggml_n_dims(weights) != 2 || weights->ne[1] % PANEL_ROWS != 0 || weights->ne[0] % BLOCK != 0) return nullptr;
    switch (weights->type) {
        case GGML_TYPE_Q4_0: return &q4_0;
        case GGML_TYPE_Q4_1: return &q4_1;
        case GGML_TYPE_Q8_0: return &q8_0;
        default: return nullptr;
    }
}

bool is_ours(const ggml_tensor * weights) {
    return weights->buffer && weights->buffer->buft == ggml_backend_cpu_kleidiai_buffer_type();
}

class panel_buffer_type : public ggml::cpu::extra_buffer_type {
    bool supports_op(ggml_backend_dev_t, const struct ggml_tensor * op) override {
        if (op->op != GGML_OP_MUL_MAT || !is_ours(op->src[0]) || !traits_for(op->src[0])) return false;
        const ggml_tensor * input = op->src[1];
        return input->type == GGML_TYPE_F32 && (!input->buffer || ggml_backend_buft_is_host(input->buffer->buft));
    }

    ggml::cpu::tensor_traits * get_tensor_traits(const struct ggml_tensor * op) override {
        return op->op == GGML_OP_MUL_MAT && is_ours(op->src[0]) ? static_cast<panel_traits *>(op->src[0]->extra) : nullptr;
    }
};

ggml_status init_tensor(ggml_backend_buffer_t, ggml_tensor * tensor) {
    tensor->extra = traits_for(tensor);
    return GGML_STATUS_SUCCESS;
}

void set_tensor(ggml_backend_buffer_t, ggml_tensor * tensor, const void * data, size_t offset, size_t size) {
    GGML_ASSERT(offset == 0 && size == ggml_nbytes(tensor));
    static_cast<panel_traits *>(tensor->extra)->repack(data, tensor->data, tensor->ne[1], tensor->ne[0]);
}

const char * name(ggml_backend_buffer_type_t) { return "CPU_PANELS"; }

size_t alignment(ggml_backend_buffer_type_t) { return 64; }

void free_panels(ggml_backend_buffer_t buffer) { free(buffer->context); }

/** Weights are read from end to end for each token: in huge pages, where Linux has them, no step of the way waits for an address. */
ggml_backend_buffer_t allocate(ggml_backend_buffer_type_t type, size_t size) {
    constexpr size_t HUGE_PAGE = 2 << 20;
    const size_t     room      = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    void *           data      = aligned_alloc(HUGE_PAGE, room);
    if (!data) return nullptr;
    madvise(data, room, MADV_HUGEPAGE);  // without them all the same
    ggml_backend_buffer_t buffer = ggml_backend_cpu_buffer_from_ptr(data, size);
    buffer->buft                 = type;
    buffer->iface.free_buffer    = free_panels;
    buffer->iface.init_tensor    = init_tensor;
    buffer->iface.set_tensor     = set_tensor;
    buffer->iface.get_tensor     = nullptr;
    buffer->iface.cpy_tensor     = nullptr;
    return buffer;
}

/** Repacks pseudo-random rows and compares products with the plain sum over dequantised values. */
template <class Row, bool has_min, int bits> bool agrees(void (*dequantise)(const Row *, float *, int64_t)) {
    traits_of<Row, has_min, bits> traits;
    constexpr int  BLOCKS = 3, K = BLOCKS * BLOCK, ROWS = ROWS_AT_ONCE;
    Row            rows[PANEL_ROWS * BLOCKS];
    panel_block<has_min, bits> panel[BLOCKS];
    float          w[PANEL_ROWS * K], x[ROWS * K], y[ROWS * PANEL_ROWS];
    alignas(64) char work[ROWS * BLOCKS * activations::BLOCK_BYTES];
    uint32_t       seed   = 1;
    const auto     random = [&seed] { return (seed = seed * 1664525u + 1013904223u) >> 8; };
    for (Row & row : rows) {
        for (size_t i = 0; i < sizeof(Row); i++) reinterpret_cast<uint8_t *>(&row)[i] = uint8_t(random());
        ggml_half * scales = reinterpret_cast<ggml_half *>(&row);
        scales[0]          = ggml_fp32_to_fp16(0.01f + float(random() % 100) / 1000);
        if (has_min) scales[1] = ggml_fp32_to_fp16(-0.5f + float(random() % 100) / 1000);
    }
    for (float & value : x) value = float(random() % 2001) / 1000 - 1;
    dequantise(rows, w, PANEL_ROWS * K);
    traits.repack(rows, panel, PANEL_ROWS, K);
    float * out[ROWS];
    for (int r = 0; r < ROWS; r++) out[r] = y + r * PANEL_ROWS;
    for (int count = 1; count <= ROWS; count++) {
        const activations to{ work, count };
        for (int r = 0; r < count; r++) {
            for (int b = 0; b < BLOCKS; b++) quantise_block(x + r * K, to, r, b);
        }
        memset(y, 0, sizeof(y));
        multiply_panel<has_min, bits>(panel, BLOCKS, to, out);
        for (int r = 0; r < count; r++) {
            for (int n = 0; n < PANEL_ROWS; n++) {
                double sum = 0, size = 0;
                for (int k = 0; k < K; k++) {
                    const double term = double(w[n * K + k]) * to.d(k / BLOCK)[r] * to.qs(k / BLOCK)[r * BLOCK + k % BLOCK];
                    sum += term;
                    size += std::abs(term);
                }
                if (!(std::abs(out[r][n] - sum) <= 1e-4 * size)) return false;
            }
        }
    }
    return true;
}

}  // namespace

bool panels_agree(void) {
    return agrees<block_q4_0, false, 4>(dequantize_row_q4_0) && agrees<block_q4_1, true, 4>(dequantize_row_q4_1) &&
           agrees<block_q8_0, false, 8>(dequantize_row_q8_0);
}

ggml_backend_buffer_type_t ggml_backend_cpu_kleidiai_buffer_type(void) {
    static panel_buffer_type        panels;
    static ggml_backend_buffer_type type = {
        /* .iface   = */ { name, allocate, alignment, nullptr, nullptr, nullptr },
        /* .device  = */ ggml_backend_reg_dev_get(ggml_backend_cpu_reg(), 0),
        /* .context = */ &panels,
    };
    return &type;
}

