// llama.cpp loads the CPU library whose score is highest. Ours wins where it can run and computes right, and steps aside where not:
// another processor than it was compiled for, a self-check that fails, or CHAT_KERNELS=prebuilt. Compiled for any x86-64 processor.
#include "attention.h"
#include "ggml-backend-impl.h"
#include "panels.h"

#include <cstdlib>
#include <cstring>

/** Above every score of the prebuilt libraries, which are sums of a dozen bits. */
static const int BEST = 1 << 20;

static bool can_run(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")) return false;
#if defined(RETUNE_AVX512)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#else
    return true;
#endif
}

static int score(void) {
    const char * wanted = std::getenv("CHAT_KERNELS");
    if (wanted && std::strcmp(wanted, "prebuilt") == 0) return 0;
    return can_run() && panels_agree() && attention_agrees() ? BEST : 0;
}

GGML_BACKEND_DL_SCORE_IMPL(score)
