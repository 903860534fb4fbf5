// Drafts how an answer goes on by looking its last tokens up in what was said before: worked examples from the memory, the conversation, the
// answer itself. The model verifies a draft in one decode and keeps what it would have said anyway, so not a word changes. Prompt lookup decoding
// (Saxena 2023), which is LLMA with the prompt as its reference (Yang et al. 2023, "Inference with Reference", section 3).
#pragma once

#include "llama.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace writer {

/** A place in what was said counts as alike from so many equal tokens on; longer matches win, up to so many. */
constexpr size_t ALIKE_MIN = 3;
constexpr size_t ALIKE_MAX = 8;
/** Tokens of an answer's first draft. */
constexpr int DRAFT_FIRST = 3;

class lookup {
  public:
    /** @param draft_max most tokens of a draft; 0: none are made */
    void begin(std::vector<llama_token> prompt, int draft_max) {
        said   = std::move(prompt);
        most   = draft_max;
        length = std::min(DRAFT_FIRST, most);
    }

    void add(llama_token token) { said.push_back(token); }

    /** What followed the latest of the places most like the end, at most `room` tokens; empty: no place is alike. */
    std::vector<llama_token> draft(int room) const {
        const int count = std::min(length, room);
        if (count <= 0) return {};
        size_t alike = ALIKE_MIN - 1, place = 0;
        for (size_t end = said.size() - 1; end >= ALIKE_MIN && alike < ALIKE_MAX; end--) {
            const size_t same = alike_before(end);
            if (same > alike) {
                alike = same;
                place = end;
            }
        }
        if (place == 0) return {};
        const auto from = said.begin() + std::ptrdiff_t(place);
        return { from, from + std::min<std::ptrdiff_t>(count, said.end() - from) };
    }

    /** Drafts grow while they are right, and shrink with the first token that was wrong. */
    void judge(int accepted, int drafted) { length = accepted == drafted ? std::min(2 * length, most) : std::max(1, accepted); }

  private:
    /** The prompt, and the answer so far. */
    std::vector<llama_token> said;
    int                      most = 0, length = 0;

    /** How many tokens before `end` are like the last ones, at most `ALIKE_MAX`. */
    size_t alike_before(size_t end) const {
        const size_t limit = std::min(end, ALIKE_MAX);
        size_t       same  = 0;
        while (same < limit && said[end - 1 - same] == said[said.size() - 1 - same]) same++;
        return same;
    }
};

}  // namespace writer
