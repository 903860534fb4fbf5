// Which token comes next: the likeliest, or one drawn as node-llama-cpp draws by default.
#pragma once

#include "llama.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

namespace writer {

/** Sampling as node-llama-cpp has it by default: the likeliest so many, of them those that make up so much. */
constexpr int   TOP_K = 40;
constexpr float TOP_P = 0.95f;

struct free_sampler { void operator()(llama_sampler * s) const { llama_sampler_free(s); } };
/** None: the likeliest token. */
using owned_sampler = std::unique_ptr<llama_sampler, free_sampler>;

/** The likeliest token; of equals the first. */
inline llama_token likeliest(const float * logits, int count) {
    constexpr int LANES = 16;
    float         most[LANES];
    std::fill(most, most + LANES, -INFINITY);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) most[lane] = std::max(most[lane], logits[i + lane]);
    }
    float largest = *std::max_element(most, most + LANES);
    for (; i < count; i++) largest = std::max(largest, logits[i]);
    return llama_token(std::find(logits, logits + count, largest) - logits) % count;
}

/** The likeliest `TOP_K` tokens, so that the sampler needn't look at a whole vocabulary. */
inline std::vector<llama_token_data> candidates_of(const float * logits, int count) {
    std::vector<llama_token_data> best;
    const auto                    less = [](const llama_token_data & a, const llama_token_data & b) { return a.logit > b.logit; };
    for (int token = 0; token < count; token++) {
        if (best.size() == TOP_K && logits[token] <= best.front().logit) continue;
        if (best.size() == TOP_K) {
            std::pop_heap(best.begin(), best.end(), less);
            best.pop_back();
        }
        best.push_back({ token, logits[token], 0.0f });
        std::push_heap(best.begin(), best.end(), less);
    }
    std::sort_heap(best.begin(), best.end(), less);
    return best;
}

/** @param temperature 0 is greedy */
inline owned_sampler sampler_for(float temperature, uint32_t seed) {
    if (temperature <= 0) return {};
    llama_sampler * chain = llama_sampler_chain_init(llama_sampler_chain_default_params());
    llama_sampler_chain_add(chain, llama_sampler_init_top_p(TOP_P, 1));
    llama_sampler_chain_add(chain, llama_sampler_init_temp(temperature));
    llama_sampler_chain_add(chain, llama_sampler_init_dist(seed));
    return owned_sampler(chain);
}

/** A token by the sampler, of the likeliest ones. */
inline llama_token draw(llama_sampler * sampler, const float * logits, int count) {
    std::vector<llama_token_data> best = candidates_of(logits, count);
    llama_token_data_array        from{ best.data(), best.size(), -1, true };
    llama_sampler_apply(sampler, &from);
    return from.data[from.selected].id;
}

}  // namespace writer
