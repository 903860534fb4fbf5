// Threads that stay: llama.cpp's prebuilt library starts new ones for every token, which costs more than a second core gains. The linker puts
// this function before llama.cpp's own (`--wrap`), so that a computation with several threads gets a pool from here and gives it back.
// OpenMP would be llama.cpp's way; but decodes come from any thread of libuv's pool, each would have a team of its own, and more threads than
// cores make every barrier of OpenMP a system call.
#include "ggml-cpu.h"

#include <mutex>
#include <vector>

namespace {

struct pool {
    ggml_threadpool * threads;
    int               count;
};

std::mutex        door;
std::vector<pool> idle;

pool take(int count) {
    {
        const std::lock_guard<std::mutex> lock(door);
        for (size_t i = 0; i < idle.size(); i++) {
            if (idle[i].count != count) continue;
            const pool found = idle[i];
            idle.erase(idle.begin() + i);
            return found;
        }
    }
    ggml_threadpool_params params = ggml_threadpool_params_default(count);
    // Between two tokens they sleep: whoever computes next needs the cores.
    params.poll = 0;
    return { ggml_threadpool_new(&params), count };
}

/** There are as many pools of a size as computations that ever ran at once: contexts that share their threads keep that small. */
void give_back(const pool & used) {
    const std::lock_guard<std::mutex> lock(door);
    idle.push_back(used);
}

}  // namespace

extern "C" {

ggml_status __real_ggml_graph_compute(ggml_cgraph * graph, ggml_cplan * plan);

ggml_status __wrap_ggml_graph_compute(ggml_cgraph * graph, ggml_cplan * plan) {
    if (plan->n_threads == 1 || plan->threadpool) return __real_ggml_graph_compute(graph, plan);
    const pool used   = take(plan->n_threads);
    plan->threadpool  = used.threads;
    const auto status = __real_ggml_graph_compute(graph, plan);
    plan->threadpool  = nullptr;
    give_back(used);
    return status;
}
}
