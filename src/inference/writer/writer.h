// Writes answers with llama.cpp on threads of its own; `addon.cpp` is the way to it from JavaScript.
//
// Through node-llama-cpp every token of every answer is a job for libuv's threads and several turns of the event loop, and its sampler copies the
// whole vocabulary for each. Here a context is a thread that reads prompts, decodes and samples without asking JavaScript, which hears of new tokens
// once a step. Scheduling is the thread's, too:
//
// - A prompt is read by itself, up to `batch` tokens at a time: llama.cpp computes sequences together only where they have equally many tokens
//   (`llama_batch_allocr::split_equal`), so prompts of several lengths in one batch fall apart into many small ones.
// - Then every answer under way gets its next token, all in one batch, so that a long prompt stops no neighbour for long. One that is alone is
//   drafted ahead (`lookup.h`).
//
// llama.cpp frees a LoRA when asked to, and so does this: when the last context of a version is closed.
#pragma once

#include "llama.h"
#include "lookup.h"
#include "sampling.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace writer {

/** What JavaScript hears in a token's place when an answer is over, and when it failed. */
inline constexpr int32_t ENDED  = -1;
inline constexpr int32_t FAILED = -2;

/** The cores, for all contexts: whoever decodes takes one or, where nobody else has work, more; in the order in which they ask. */
class core_pool {
  public:
    /** How many cores there are. */
    void set(int count) {
        const std::lock_guard<std::mutex> lock(door);
        free += count - total;
        total = count;
    }
    void begin_work() { busy++; }
    void end_work() { busy--; }

    int take() {
        std::unique_lock<std::mutex> lock(door);
        const uint64_t               ticket = last++;
        freed.wait(lock, [&] { return ticket == first && free > 0; });
        first++;
        const int taken = std::min(free, std::max(1, total / std::max(1, busy.load())));
        free -= taken;
        freed.notify_all();
        return taken;
    }
    void give_back(int count) {
        const std::lock_guard<std::mutex> lock(door);
        free += count;
        freed.notify_all();
    }

  private:
    std::mutex              door;
    std::condition_variable freed;
    int                     total = 0, free = 0;
    uint64_t                first = 0, last = 0;
    /** Contexts that have something to do. */
    std::atomic<int> busy{ 0 };
};

inline core_pool cores;

struct free_model { void operator()(llama_model * m) const { llama_model_free(m); } };
struct free_context { void operator()(llama_context * c) const { llama_free(c); } };

class context;

/** An open model, its contexts, and the adapters in use. */
struct model {
    std::unique_ptr<llama_model, free_model> weights;
    std::mutex                               door;
    std::map<std::string, std::weak_ptr<llama_adapter_lora>> adapters;
    std::set<context *>                                       contexts;
    /** Answers that aren't urgent rest between two tokens. */
    std::atomic<bool> paused{ false };

    /** The adapter of a file; contexts of one version share it. @throws std::runtime_error */
    std::shared_ptr<llama_adapter_lora> adapter_of(const std::string & path) {
        const std::lock_guard<std::mutex> lock(door);
        if (auto known = adapters[path].lock()) return known;
        std::shared_ptr<llama_adapter_lora> opened(llama_adapter_lora_init(weights.get(), path.c_str()), [](llama_adapter_lora * a) {
            if (a) llama_adapter_lora_free(a);
        });
        if (!opened) throw std::runtime_error("llama.cpp can't use the adapter");
        for (auto each = adapters.begin(); each != adapters.end();) each = each->second.expired() ? adapters.erase(each) : std::next(each);
        adapters[path] = opened;
        return opened;
    }
};

/** An answer to write. */
struct order {
    int                      sequence;
    std::vector<llama_token> prompt;
    /** Its tokens from the start that the sequence holds already. */
    int                      held;
    int                      tokens_max;
    float                    temperature;
    uint32_t                 seed;
    bool                     urgent;
};

/** Where an answer is written. */
struct sequence {
    bool busy = false, urgent = false;
    /** Not decoded yet: the rest of the prompt, or the newest token. */
    std::vector<llama_token> next;
    size_t                   at       = 0;
    llama_pos                position = 0;
    bool                     writing  = false;
    int                      left     = 0;
    owned_sampler            sampler;
    lookup                   ahead;
};

struct context_settings {
    std::string adapter_path;
    int         sequences, context_tokens, batch_tokens;
    /** Most tokens drafted ahead of an answer that is alone; 0: none. */
    int draft_tokens;
};

/** Pairs of a sequence and a token, `ENDED` or `FAILED`. */
using news = std::vector<int32_t>;

/** One llama.cpp context and the thread that works for it. */
class context {
  public:
    /** @param to hears of tokens, on this context's thread. @throws std::runtime_error */
    context(std::shared_ptr<model> from, const context_settings & settings, std::function<void(news &&)> to)
        : tell(std::move(to)), owner(std::move(from)), vocabulary(llama_model_get_vocab(owner->weights.get())), batch_tokens(settings.batch_tokens),
          draft_tokens(settings.draft_tokens), sequences(settings.sequences) {
        // Before the context: its room for a graph depends on the adapters that the model has by then.
        if (!settings.adapter_path.empty()) adapter = owner->adapter_of(settings.adapter_path);
        llama_context_params params = llama_context_default_params();
        params.n_ctx                = uint32_t(settings.context_tokens) * settings.sequences;
        params.n_batch = params.n_ubatch = settings.batch_tokens;
        params.n_seq_max                 = settings.sequences;
        // A token of each answer, or one and its draft; by default there is room for the logits of a whole batch.
        params.n_outputs_max = std::max(settings.sequences, 1 + draft_tokens);
        params.n_threads = params.n_threads_batch = 1;
        params.kv_unified                         = false;
        params.swa_full                           = false;
        params.no_perf                            = true;
        llama.reset(llama_init_from_model(owner->weights.get(), params));
        if (!llama) throw std::runtime_error("llama.cpp can't make a context: there may be too little memory");
        float               scale = 1;
        llama_adapter_lora * used = adapter.get();
        if (used && llama_set_adapters_lora(llama.get(), &used, 1, &scale) != 0) throw std::runtime_error("llama.cpp can't apply the adapter");
        batch = llama_batch_init(settings.batch_tokens, 0, 1);
        {
            const std::lock_guard<std::mutex> lock(owner->door);
            owner->contexts.insert(this);
        }
        thread = std::thread([this] { run(); });
    }

    ~context() {
        close();
        {
            const std::lock_guard<std::mutex> lock(owner->door);
            owner->contexts.erase(this);
        }
        llama_batch_free(batch);
        llama.reset();
        adapter.reset();
    }

    void write(order what) {
        ask([this, what = std::move(what)] { begin(what); });
    }

    /** Does nothing to an answer that is over, nor to one that is asked for later. */
    void stop(int number) {
        ask([this, number] {
            if (number >= 0 && number < size() && sequences[number].busy) end(number, ENDED);
        });
    }

    /** Ends the thread, in the middle of answers. Idempotent. */
    void close() {
        {
            const std::lock_guard<std::mutex> lock(door);
            closing = true;
            awake.notify_one();
        }
        if (thread.joinable()) thread.join();
    }

    void wake() {
        const std::lock_guard<std::mutex> lock(door);
        awake.notify_one();
    }

    int size() const { return int(sequences.size()); }

  private:
    std::function<void(news &&)>                 tell;
    std::shared_ptr<model>                       owner;
    const llama_vocab *                          vocabulary;
    int                                          batch_tokens, draft_tokens;
    std::shared_ptr<llama_adapter_lora>          adapter;
    std::unique_ptr<llama_context, free_context> llama;
    llama_batch                                  batch{};
    std::thread                                  thread;

    std::mutex              door;
    std::condition_variable awake;
    /** What the thread is to do before its next step, in the order in which it was asked for. */
    std::vector<std::function<void()>> asked;
    bool                               closing = false;

    // The thread's own.
    std::vector<sequence> sequences;
    /** Sequences whose prompts are being read, in order of arrival. */
    std::deque<int> reading;
    news            heard;
    bool            at_work = false;

    void ask(std::function<void()> what) {
        const std::lock_guard<std::mutex> lock(door);
        asked.push_back(std::move(what));
        awake.notify_one();
    }

    void run() {
        while (take_orders()) {
            read_prompts();
            write_tokens();
            send();
        }
        if (at_work) cores.end_work();
    }

    /** Waits until there is something to do. False: the end. */
    bool take_orders() {
        std::unique_lock<std::mutex> lock(door);
        const auto has_work = [this] { return closing || !asked.empty() || may_go_on(); };
        if (!has_work() && at_work) {
            cores.end_work();
            at_work = false;
        }
        awake.wait(lock, has_work);
        if (closing) return false;
        if (!at_work) cores.begin_work();
        at_work = true;
        for (const auto & each : asked) each();
        asked.clear();
        return true;
    }

    bool may_run(const sequence & each) const { return each.busy && (each.urgent || !owner->paused); }

    bool may_go_on() const {
        return std::any_of(sequences.begin(), sequences.end(), [this](const sequence & each) { return may_run(each); });
    }

    void begin(const order & what) {
        sequence & each = sequences[what.sequence];
        llama_memory_seq_rm(llama_get_memory(llama.get()), what.sequence, what.held, -1);
        each.busy     = true;
        each.urgent   = what.urgent;
        each.next.assign(what.prompt.begin() + what.held, what.prompt.end());
        each.at       = 0;
        each.position = what.held;
        each.writing  = false;
        each.left     = what.tokens_max;
        each.sampler  = sampler_for(what.temperature, what.seed);
        each.ahead.begin(what.prompt, draft_tokens);
        reading.push_back(what.sequence);
    }

    void end(int number, int32_t how) {
        sequence & each = sequences[number];
        each.busy = each.writing = false;
        each.sampler.reset();
        reading.erase(std::remove(reading.begin(), reading.end(), number), reading.end());
        heard.insert(heard.end(), { number, how });
    }

    /** Reads prompts, each by itself, as far as a batch's tokens go. */
    void read_prompts() {
        int room = batch_tokens;
        for (const int number : std::vector<int>(reading.begin(), reading.end())) {
            sequence & each = sequences[number];
            if (room == 0) return;
            if (!may_run(each)) continue;
            const int count = int(std::min<size_t>(room, each.next.size() - each.at));
            room -= count;
            batch.n_tokens = 0;
            for (int i = 0; i < count; i++) {
                const llama_token token = each.next[each.at++];
                add(number, token, each.at == each.next.size());
            }
            const bool whole = each.at == each.next.size();
            if (!decode()) end(number, FAILED);
            else if (whole) {
                reading.erase(std::find(reading.begin(), reading.end(), number));
                each.writing = true;
                sample(number, count - 1);
                send();
            }
        }
    }

    /** The next token of all answers that have begun, in the order of their sequences: llama.cpp computes neighbours together. */
    void write_tokens() {
        std::vector<int> numbers;
        batch.n_tokens = 0;
        for (int number = 0; number < size(); number++) {
            sequence & each = sequences[number];
            if (!each.writing || !may_run(each)) continue;
            numbers.push_back(number);
            add(number, each.next[0], true);
        }
        if (numbers.empty()) return;
        // Beside others a draft doesn't pay: llama.cpp would read the weights once more for it, and their rows share them already.
        const auto draft = numbers.size() == 1 ? add_draft(numbers[0]) : std::vector<llama_token>();
        if (!decode()) {
            for (const int number : numbers) end(number, FAILED);
            return;
        }
        for (size_t row = 0; row < numbers.size(); row++) sample(numbers[row], int(row));
        if (!draft.empty()) verify(numbers[0], draft);
    }

    std::vector<llama_token> add_draft(int number) {
        const sequence & each  = sequences[number];
        const auto       draft = each.ahead.draft(each.left - 1);
        for (const llama_token token : draft) add(number, token, true);
        return draft;
    }

    /** Samples on as long as the model says what was drafted, and takes the rest of the draft back. */
    void verify(int number, const std::vector<llama_token> & draft) {
        sequence & each     = sequences[number];
        int        accepted = 0;
        while (each.writing && accepted < int(draft.size()) && each.next[0] == draft[accepted]) sample(number, ++accepted);
        each.ahead.judge(accepted, int(draft.size()));
        each.position -= int(draft.size()) - accepted;
        llama_memory_seq_rm(llama_get_memory(llama.get()), number, each.position, -1);
    }

    /** The sequence's next token goes into the batch. @param sampled whether the token after it is wanted */
    void add(int number, llama_token token, bool sampled) {
        const int row        = batch.n_tokens++;
        batch.token[row]     = token;
        batch.pos[row]       = sequences[number].position++;
        batch.n_seq_id[row]  = 1;
        batch.seq_id[row][0] = number;
        batch.logits[row]    = sampled;
    }

    /** False: llama.cpp could not. */
    bool decode() {
        const int threads = cores.take();
        llama_set_n_threads(llama.get(), threads, threads);
        bool works = false;
        try {
            works = llama_decode(llama.get(), batch) == 0;
            llama_synchronize(llama.get());
        } catch (const std::exception &) {
            works = false;  // e.g. out of memory: these answers fail, the process goes on
        }
        cores.give_back(threads);
        return works;
    }

    void sample(int number, int row) {
        sequence &        each   = sequences[number];
        const float *     logits = llama_get_logits_ith(llama.get(), row);
        const int         count  = llama_vocab_n_tokens(vocabulary);
        const llama_token token  = each.sampler ? draw(each.sampler.get(), logits, count) : likeliest(logits, count);
        heard.insert(heard.end(), { number, token });
        each.next.assign(1, token);
        each.at = 0;
        each.ahead.add(token);
        if (--each.left <= 0 || llama_vocab_is_eog(vocabulary, token) || llama_vocab_is_control(vocabulary, token)) end(number, ENDED);
    }

    void send() {
        if (heard.empty()) return;
        tell(std::move(heard));
        heard.clear();
    }
};

}  // namespace writer
