// Attention for chats, in place of llama.cpp's own on the CPU (FlashAttention: Dao et al. 2022, arXiv:2205.14135, algorithm 1; softmax as it goes
// along: Milakov & Gimelshein 2018, arXiv:1805.02867).
//
// llama.cpp reads the keys and values anew for each query head, and in decoding one exponential at a time. Here all query heads that share a key
// head (grouped-query attention) and up to 16 tokens are the *rows* of a tile: 64 keys and values are converted once for all of them, or as they are
// met where rows are few, as in decoding.
//
// A row's arithmetic doesn't depend on which rows are beside it: a score's products are added up lane by lane, then the lanes as a tree; keys come in
// blocks of 64 that begin at multiples of 64, within them in order, and a block that a row may not see leaves it untouched. So an answer is the same alone and among others, and however its prompt was read.
//
// The linker puts this before llama.cpp's function (`--wrap`), to which everything rare goes on: other formats, ALiBi, soft caps, sinks.
#include "attention.h"

#include "ggml-cpu-impl.h"
#include "ggml-cpu.h"
#include "ggml-impl.h"
#include "lanes.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <vector>

using namespace lanes;

extern "C" void __real_ggml_compute_forward_flash_attn_ext(const ggml_compute_params * params, ggml_tensor * dst);

namespace {

constexpr int KEYS          = 64;
constexpr int ROWS_MAX      = 48;
constexpr int HEAD_SIZE_MAX = 128;
/** Registers of a product's width; with its rows they fill the register file. */
constexpr int WIDTH        = 4;
constexpr int ROWS_AT_ONCE = LANES == 16 ? 6 : 2;
/** Up to so many rows, keys and values are converted as they are met. */
constexpr int FEW_ROWS = 6;
/** Values of 16 bits in a cache line. */
constexpr int IN_LINE = 32;

/** What a thread needs beside the tensors, for heads of `size` values. llama.cpp's work buffer has 256 · size + 8192 floats a thread for this operation. */
struct scratch {
    float * keys;     // KEYS × size
    float * values;   // KEYS × size
    float * queries;  // ROWS_MAX × size
    float * sums;     // ROWS_MAX × size: Σ p·v
    float * scores;   // ROWS_MAX × KEYS: s, then p
    float * bias;     // ROWS_MAX × KEYS: the mask of each token

    scratch(const ggml_compute_params * params, int64_t size) {
        const int64_t each = 256 * size + 8192;
        keys               = static_cast<float *>(params->wdata) + params->ith * each;
        values             = keys + size * KEYS;
        queries            = values + size * KEYS;
        sums               = queries + ROWS_MAX * size;
        scores             = sums + ROWS_MAX * size;
        bias               = scores + ROWS_MAX * KEYS;
    }
};
static_assert(2 * KEYS + 2 * ROWS_MAX <= 256 && 2 * ROWS_MAX * KEYS <= 8192, "the scratch has room in llama.cpp's work buffer");

/** Rows that are converted, `step` apart. */
struct lines {
    const float * data;
    int64_t       step;

    floats load(int row, int at) const { return lanes::load(data + row * step + at); }
};

/** Some rows of keys or values of one head, `step` bytes apart. */
struct rows_of {
    const char * data;
    size_t       step;

    const ggml_fp16_t * row(int i) const { return reinterpret_cast<const ggml_fp16_t *>(data + i * step); }
    floats              load(int i, int at) const { return halves(row(i) + at); }
};

/**
 * The same, and each row asks for one of the next block: rows lie apart, where no processor sees them coming, and asked for all at once they would
 * only wait for each other.
 */
struct rows_ahead {
    rows_of from, next;

    floats load(int i, int at) const {
        if (at % IN_LINE == 0) __builtin_prefetch(next.row(i) + at);
        return from.load(i, at);
    }
};

/** C (R × V registers, from column `at`) += A (R × depth) · B (depth × …); each value of C is a chain of `depth` multiply-adds, in order. */
template <int R, int V, class B>
void product(const float * a, int64_t a_step, const B & b, int at, int depth, float * c, int64_t c_step) {
    floats sum[R][V];
    for (int r = 0; r < R; r++) {
        for (int v = 0; v < V; v++) sum[r][v] = load(c + r * c_step + at + v * LANES);
    }
    for (int i = 0; i < depth; i++) {
        floats line[V];
        for (int v = 0; v < V; v++) line[v] = b.load(i, at + v * LANES);
        for (int r = 0; r < R; r++) {
            const floats factor = all(a[r * a_step + i]);
            for (int v = 0; v < V; v++) sum[r][v] = fma(factor, line[v], sum[r][v]);
        }
    }
    for (int r = 0; r < R; r++) {
        for (int v = 0; v < V; v++) store(c + r * c_step + at + v * LANES, sum[r][v]);
    }
}

template <int V, class B>
void product_of_rows(int rows, const float * a, int64_t a_step, const B & b, int at, int depth, float * c, int64_t c_step) {
    constexpr int R = ROWS_AT_ONCE;
    for (; rows >= R; rows -= R, a += R * a_step, c += R * c_step) product<R, V>(a, a_step, b, at, depth, c, c_step);
    if constexpr (R > 2) {
        for (; rows >= 3; rows -= 3, a += 3 * a_step, c += 3 * c_step) product<3, V>(a, a_step, b, at, depth, c, c_step);
    }
    for (; rows > 0; rows--, a += a_step, c += c_step) product<1, V>(a, a_step, b, at, depth, c, c_step);
}

/** The same for any width that is a multiple of LANES. */
template <class B> void product_of(int rows, int width, const float * a, int64_t a_step, const B & b, int depth, float * c) {
    int at = 0;
    for (; at + WIDTH * LANES <= width; at += WIDTH * LANES) product_of_rows<WIDTH>(rows, a, a_step, b, at, depth, c, width);
    for (; at < width; at += LANES) product_of_rows<1>(rows, a, a_step, b, at, depth, c, width);
}

/** A block of a head's keys and values. */
struct block {
    rows_of keys, values;
};

/**
 * Scores of R rows with the first `seen` keys of a block; the others' mean nothing, but are numbers. Each is the sum over a register's lanes, in the
 * order of `sums_of`, of a chain of multiply-adds a lane.
 */
template <int R, class B> void score(const float * queries, const B & keys, int seen, int size, float * to) {
    for (int first = 0; first < KEYS; first += LANES) {
        if (first >= seen) {
            for (int r = 0; r < R; r++) store(to + r * KEYS + first, none());
            continue;
        }
        floats fours[R][LANES / 4];
        for (int four = 0; four < LANES / 4; four++) {
            int key[4];
            for (int i = 0; i < 4; i++) key[i] = std::min(first + 4 * four + i, seen - 1);
            floats sum[R][4];
#pragma GCC unroll 6
            for (int r = 0; r < R; r++) {
                for (int i = 0; i < 4; i++) sum[r][i] = none();
            }
            for (int at = 0; at < size; at += LANES) {
                floats line[4];
                for (int i = 0; i < 4; i++) line[i] = keys.load(key[i], at);
#pragma GCC unroll 6
                for (int r = 0; r < R; r++) {
                    const floats query = load(queries + r * size + at);
                    for (int i = 0; i < 4; i++) sum[r][i] = fma(query, line[i], sum[r][i]);
                }
            }
#pragma GCC unroll 6
            for (int r = 0; r < R; r++) fours[r][four] = sums_of_fours(sum[r]);
        }
        for (int r = 0; r < R; r++) store(to + r * KEYS + first, sums_of(fours[r]));
    }
}

template <class B> void score_rows(int rows, const float * queries, const B & keys, int seen, int size, float * to) {
    constexpr int R = ROWS_AT_ONCE;
    for (; rows >= R; rows -= R, queries += R * size, to += R * KEYS) score<R>(queries, keys, seen, size, to);
    if constexpr (R > 2) {
        for (; rows >= 3; rows -= 3, queries += 3 * size, to += 3 * KEYS) score<3>(queries, keys, seen, size, to);
    }
    for (; rows > 0; rows--, queries += size, to += KEYS) score<1>(queries, keys, seen, size, to);
}

/** Asks for the rows of a block from `first` on. */
void ask_for(const block & next, int first, int size) {
    for (int i = first; i < KEYS; i++) {
        for (int at = 0; at < size; at += IN_LINE) {
            __builtin_prefetch(next.keys.row(i) + at);
            __builtin_prefetch(next.values.row(i) + at);
        }
    }
}

/** The first `count` rows, converted. */
lines read(const rows_of & from, int count, int size, float * to) {
    for (int i = 0; i < count; i++) {
        for (int at = 0; at < size; at += LANES) store(to + i * size + at, from.load(i, at));
    }
    return { to, size };
}

/** What a mask adds to the score of a key that a token may not see: −∞. */
constexpr ggml_fp16_t NEVER = 0xfc00;

/** How many of a block's keys there are up to the last that a token may see. */
int seen_of(const ggml_fp16_t * mask, int count) {
    if (!mask) return count;
    constexpr int STEP  = 16;
    const __m256i never = _mm256_set1_epi16(short(NEVER));
    while (count % STEP != 0 && mask[count - 1] == NEVER) count--;
    if (count % STEP != 0) return count;
    for (; count > 0; count -= STEP) {
        const __m256i  some = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(mask + count - STEP));
        const uint32_t seen = ~uint32_t(_mm256_movemask_epi8(_mm256_cmpeq_epi16(some, never)));
        if (seen != 0) return count - __builtin_clz(seen) / 2;
    }
    return 0;
}

/** What the mask adds to the scores of one token with a block of keys. */
void read_bias(const ggml_fp16_t * mask, int count, float * to) {
    for (int i = 0; i < KEYS; i += LANES) store(to + i, mask && i + LANES <= count ? halves(mask + i) : none());
    for (int i = mask ? count / LANES * LANES : count; i < KEYS; i++) to[i] = i < count ? ggml_fp16_to_fp32(mask[i]) : -INFINITY;
}

/** Where a row stands: the largest score so far, and the sum of the exponentials below it. */
struct row_state {
    float most = -INFINITY;
    float sum  = 0;
};

/** Scores become exponentials; what was summed before is brought to the new maximum. */
void soften(row_state & row, float * scores, const float * bias, float scale, float * sums, int size) {
    constexpr int V = KEYS / LANES;
    floats        s[V];
    floats        most = all(-INFINITY);
    for (int v = 0; v < V; v++) {
        s[v] = fma(load(scores + v * LANES), all(scale), load(bias + v * LANES));
        most = larger(most, s[v]);
    }
    const float next = std::max(row.most, largest_of(most));
    if (next == -INFINITY) {
        for (int v = 0; v < V; v++) store(scores + v * LANES, none());
        return;
    }
    if (next > row.most) {
        const floats shrink = exp_of(all(row.most - next));
        for (int at = 0; at < size; at += LANES) store(sums + at, times(load(sums + at), shrink));
        float first[LANES];
        store(first, shrink);
        row.sum *= first[0];
        row.most = next;
    }
    floats total = none();
    for (int v = 0; v < V; v++) {
        const floats p = exp_of(minus(s[v], all(next)));
        store(scores + v * LANES, p);
        total = plus(total, p);
    }
    row.sum += sum_of(total);
}

/** One attention operation and how it is cut into tiles. */
class attention {
  public:
    explicit attention(ggml_tensor * dst)
        : dst(dst), q(dst->src[0]), k(dst->src[1]), v(dst->src[2]), mask(dst->src[3]), size(int(q->ne[0])), tokens(q->ne[1]),
          group(int(q->ne[2] / k->ne[2])) {
        memcpy(&scale, dst->op_params, sizeof(scale));
    }

    /** Whether this file computes it. */
    bool is_ours(const ggml_compute_params * params) const {
        float alibi, cap;
        memcpy(&alibi, reinterpret_cast<const float *>(dst->op_params) + 1, sizeof(alibi));
        memcpy(&cap, reinterpret_cast<const float *>(dst->op_params) + 2, sizeof(cap));
        const bool plain   = alibi == 0 && cap == 0 && !dst->src[4] && !params->use_ref;
        const bool formats = q->type == GGML_TYPE_F32 && k->type == GGML_TYPE_F16 && v->type == GGML_TYPE_F16;
        const bool masked  = !mask || (mask->type == GGML_TYPE_F16 && mask->ne[2] == 1);
        const bool shapes  = v->ne[0] == size && size % LANES == 0 && size <= HEAD_SIZE_MAX && v->ne[2] == k->ne[2] && v->ne[3] == k->ne[3] &&
                            q->ne[3] == k->ne[3] && q->ne[2] % k->ne[2] == 0 && group <= ROWS_MAX;
        const bool rows = q->nb[0] == sizeof(float) && k->nb[0] == sizeof(ggml_fp16_t) && v->nb[0] == sizeof(ggml_fp16_t);
        return plain && formats && masked && shapes && rows;
    }

    void compute(const ggml_compute_params * params) {
        // With fewer tiles than threads, a tile is one query head's.
        const int64_t whole = tiles_of(group);
        heads               = whole < params->nth ? 1 : group;
        const int64_t tiles = tiles_of(heads);
        // A token of each answer: the threads take turns, since waiting for each other would take as long as that.
        const bool shares = params->nth > 1 && tokens > 1;
        if (shares) {
            if (params->ith == 0) ggml_threadpool_chunk_set(params->threadpool, params->nth);
            ggml_barrier(params->threadpool);
        }
        const scratch work(params, size);
        for (int64_t tile = params->ith; tile < tiles; tile = shares ? ggml_threadpool_chunk_add(params->threadpool, 1) : tile + params->nth) {
            compute_tile(tile, params->nth, work);
        }
    }

  private:
    ggml_tensor *       dst;
    const ggml_tensor * q;
    const ggml_tensor * k;
    const ggml_tensor * v;
    const ggml_tensor * mask;
    int                 size;
    int64_t             tokens;
    /** Query heads that share a key head, and how many of them are in a tile. */
    int   group;
    int   heads = 1;
    float scale = 1;

    int64_t tiles_of(int heads_each) const {
        const int64_t each = ROWS_MAX / heads_each;
        return q->ne[3] * (q->ne[2] / heads_each) * ((tokens + each - 1) / each);
    }

    /** Row r of a tile: token first + r / heads, query head `head` + r % heads. */
    void compute_tile(int64_t tile, int nth, const scratch & work) const {
        const int64_t each = ROWS_MAX / heads, blocks = (tokens + each - 1) / each, head_groups = q->ne[2] / heads;
        // The last tokens of a prompt see the most keys: they come first.
        const int64_t first = (blocks - 1 - tile % blocks) * each, head = tile / blocks % head_groups * heads;
        const int64_t stream = tile / blocks / head_groups;
        const int     count = int(std::min(each, tokens - first)), rows = count * heads;
        const int64_t key_head = head / group;

        for (int r = 0; r < rows; r++) memcpy(work.queries + r * size, at(q, first + r / heads, head + r % heads, stream), size * sizeof(float));
        std::fill(work.sums, work.sums + rows * size, 0.0f);
        row_state state[ROWS_MAX];
        span next = next_seen(0, first, count, stream);
        while (next.key < k->ne[1]) {
            const span here = next;
            next            = next_seen(here.key + KEYS, first, count, stream);
            for (int t = 0; t < count; t++) read_bias(mask_at(first + t, stream, here.key), keys_at(here.key), work.bias + t * KEYS);
            const block from  = block_at(here.key, key_head, stream);
            const block ahead = next.key < k->ne[1] ? block_at(next.key, key_head, stream) : first_block_of(tile + nth);
            const bool  few   = rows <= FEW_ROWS;
            ask_for(ahead, few ? here.seen : 0, size);
            if (few) score_rows(rows, work.queries, rows_ahead{ from.keys, ahead.keys }, here.seen, size, work.scores);
            else score_rows(rows, work.queries, read(from.keys, here.seen, size, work.keys), here.seen, size, work.scores);
            for (int r = 0; r < rows; r++) {
                soften(state[r], work.scores + r * KEYS, work.bias + r / heads * KEYS, scale, work.sums + r * size, size);
            }
            if (few) product_of(rows, size, work.scores, KEYS, rows_ahead{ from.values, ahead.values }, here.seen, work.sums);
            else product_of(rows, size, work.scores, KEYS, read(from.values, here.seen, size, work.values), here.seen, work.sums);
        }
        for (int r = 0; r < rows; r++) write(first + r / heads, head + r % heads, stream, work.sums + r * size, state[r].sum);
    }

    /** How many keys the block from `key` on has. */
    int keys_at(int64_t key) const { return int(std::min<int64_t>(KEYS, k->ne[1] - key)); }

    /** A block of keys, and how many of it any of the tokens may see. */
    struct span {
        int64_t key;
        int     seen;
    };

    /** The first block of keys from `key` on that any of the tokens may see; beyond the last key when there is none. */
    span next_seen(int64_t key, int64_t first, int count, int64_t stream) const {
        for (; key < k->ne[1]; key += KEYS) {
            int seen = 0;
            for (int t = 0; t < count; t++) seen = std::max(seen, seen_of(mask_at(first + t, stream, key), keys_at(key)));
            if (seen > 0) return { key, seen };
        }
        return { k->ne[1], 0 };
    }

    /** Where another tile begins, most likely this thread's next one; anything beyond the last. */
    block first_block_of(int64_t tile) const {
        const int64_t each = ROWS_MAX / heads, blocks = (tokens + each - 1) / each, head_groups = q->ne[2] / heads;
        const int64_t head = tile / blocks % head_groups * heads, stream = tile / blocks / head_groups;
        return block_at(0, head / group, stream % k->ne[3]);
    }

    block block_at(int64_t key, int64_t head, int64_t stream) const {
        return { { at(k, key, head, stream), k->nb[1] }, { at(v, key, head, stream), v->nb[1] } };
    }

    static const char * at(const ggml_tensor * t, int64_t row, int64_t head, int64_t stream) {
        return static_cast<const char *>(t->data) + row * t->nb[1] + head * t->nb[2] + stream * t->nb[3];
    }

    const ggml_fp16_t * mask_at(int64_t token, int64_t stream, int64_t key) const {
        return mask ? reinterpret_cast<const ggml_fp16_t *>(at(mask, token, 0, stream % mask->ne[3])) + key : nullptr;
    }

    void write(int64_t token, int64_t head, int64_t stream, const float * sums, float sum) const {
        const size_t at     = ((stream * tokens + token) * dst->ne[1] + head) * dst->nb[1];
        float *      to     = reinterpret_cast<float *>(static_cast<char *>(dst->data) + at);
        const floats factor = all(sum == 0 ? 0 : 1 / sum);
        for (int i = 0; i < size; i += LANES) store(to + i, times(load(sums + i), factor));
    }
};

/** A small attention with pseudo-random values: `tokens` queries after `KEYS_HELD − tokens` keys, 6 heads on 2 key heads. */
class example {
  public:
    static constexpr int SIZE = 64, HEADS = 6, KEY_HEADS = 2, KEYS_HELD = 150;

    explicit example(int tokens) : tokens(tokens), queries(SIZE * tokens * HEADS), out(queries.size()), work(256 * SIZE + 8192) {
        uint32_t   seed   = 1;
        const auto random = [&seed] { return float(((seed = seed * 1664525u + 1013904223u) >> 8) % 2001) / 1000 - 1; };
        for (auto * halves : { &keys, &values }) {
            halves->resize(SIZE * KEYS_HELD * KEY_HEADS);
            for (ggml_fp16_t & value : *halves) value = ggml_fp32_to_fp16(random());
        }
        // The last query is the same whatever stands before it.
        for (size_t i = queries.size(); i-- > 0;) queries[i] = 2 * random();
        for (int t = 0; t < tokens; t++) {
            for (int key = 0; key < KEYS_HELD; key++) {
                seen.push_back(key <= KEYS_HELD - tokens + t && key % 7 != 3 ? ggml_fp16_t(0) : NEVER);
            }
        }
        shape(q, GGML_TYPE_F32, queries.data(), sizeof(float), { SIZE, tokens, HEADS });
        // Queries lie token by token, as llama.cpp has them.
        q.nb[1] = SIZE * HEADS * sizeof(float);
        q.nb[2] = SIZE * sizeof(float);
        shape(k, GGML_TYPE_F16, keys.data(), sizeof(ggml_fp16_t), { SIZE, KEYS_HELD, KEY_HEADS });
        shape(v, GGML_TYPE_F16, values.data(), sizeof(ggml_fp16_t), { SIZE, KEYS_HELD, KEY_HEADS });
        shape(mask, GGML_TYPE_F16, seen.data(), sizeof(ggml_fp16_t), { KEYS_HELD, tokens, 1 });
        shape(dst, GGML_TYPE_F32, out.data(), sizeof(float), { SIZE, HEADS, tokens });
        memcpy(dst.op_params, &SCALE, sizeof(SCALE));
        dst.src[0] = &q;
        dst.src[1] = &k;
        dst.src[2] = &v;
        dst.src[3] = &mask;
    }

    void compute() {
        ggml_compute_params params{};
        params.nth   = 1;
        params.wsize = work.size() * sizeof(float);
        params.wdata = work.data();
        attention(&dst).compute(&params);
    }

    bool agrees() const {
        for (int t = 0; t < tokens; t++) {
            for (int head = 0; head < HEADS; head++) {
                if (!row_agrees(t, head)) return false;
            }
        }
        return true;
    }

    /** All heads of the last token. */
    const float * last() const { return out.data() + SIZE * HEADS * (tokens - 1); }

  private:
    static constexpr float SCALE = 0.125f;
    int                    tokens;
    std::vector<float>     queries, out, work;
    std::vector<ggml_fp16_t> keys, values, seen;
    ggml_tensor            q{}, k{}, v{}, mask{}, dst{};

    static void shape(ggml_tensor & t, ggml_type type, void * data, size_t each, std::initializer_list<int64_t> ne) {
        t.type   = type;
        t.data   = data;
        size_t i = 0, step = each;
        for (int64_t n : ne) {
            t.ne[i]   = n;
            t.nb[i++] = step;
            step *= n;
        }
        t.ne[3] = 1;
        t.nb[3] = step;
    }

    bool row_agrees(int t, int head) const {
        const float *     query = queries.data() + (t * HEADS + head) * SIZE;
        const ggml_fp16_t * from  = keys.data() + head / (HEADS / KEY_HEADS) * KEYS_HELD * SIZE;
        const ggml_fp16_t * what  = values.data() + head / (HEADS / KEY_HEADS) * KEYS_HELD * SIZE;
        double            sum = 0, wanted[SIZE] = {};
        for (int key = 0; key < KEYS_HELD; key++) {
            if (seen[t * KEYS_HELD + key] != 0) continue;
            double score = 0;
            for (int i = 0; i < SIZE; i++) score += double(query[i]) * ggml_fp16_to_fp32(from[key * SIZE + i]);
            const double p = std::exp(score * SCALE);
            sum += p;
            for (int i = 0; i < SIZE; i++) wanted[i] += p * ggml_fp16_to_fp32(what[key * SIZE + i]);
        }
        for (int i = 0; i < SIZE; i++) {
            if (!(std::abs(out[(t * HEADS + head) * SIZE + i] - wanted[i] / sum) <= 1e-5)) return false;
        }
        return true;
    }
};

}  // namespace

bool attention_agrees(void) {
    // Two tiles of tokens, and the last of them alone: right, and to the last bit the same.
    example many(20), one(1);
    many.compute();
    one.compute();
    return many.agrees() && one.agrees() && memcmp(many.last(), one.last(), example::SIZE * example::HEADS * sizeof(float)) == 0;
}

extern "C" void __wrap_ggml_compute_forward_flash_attn_ext(const ggml_compute_params * params, ggml_tensor * dst) {
    attention op(dst);
    if (op.is_ours(params)) op.compute(params);
    else __real_ggml_compute_forward_flash_attn_ext(params, dst);
}
