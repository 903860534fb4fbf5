// Writes answers with llama.cpp on threads of its own: a Node-API addon, called by `native-model.ts`.
//
// Through node-llama-cpp every token of every answer is a job for libuv's threads and several turns of the event loop, and its sampler copies the
// whole vocabulary for each. Here a context is a thread that reads prompts, decodes and samples without asking JavaScript, which hears of new tokens
// once a step. Scheduling is the thread's, too:
//
// - A prompt is read by itself, up to `batch` tokens at a time: llama.cpp computes sequences together only where they have equally many tokens
//   (`llama_batch_allocr::split_equal`), so prompts of several lengths in one batch fall apart into many small ones.
// - Then every answer under way gets its next token, all in one batch, so that a long prompt stops no neighbour for long.
//
// llama.cpp frees a LoRA when asked to, and so does this: when the last context of a version is closed.
#include <node_api.h>

#include "llama.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

/** What JavaScript hears in a token's place when an answer is over, and when it failed. */
constexpr int32_t ENDED  = -1;
constexpr int32_t FAILED = -2;

/** Sampling as node-llama-cpp has it by default: the likeliest so many, of them those that make up so much. */
constexpr int   TOP_K = 40;
constexpr float TOP_P = 0.95f;

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
} cores;

struct free_model { void operator()(llama_model * m) const { llama_model_free(m); } };
struct free_context { void operator()(llama_context * c) const { llama_free(c); } };
struct free_sampler { void operator()(llama_sampler * s) const { llama_sampler_free(s); } };

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
        adapters[path] = opened;
        return opened;
    }
};

/** An answer to write. */
struct order {
    int                      sequence;
    /** Tokens from the start that the sequence holds already, and those that it is to read. */
    int                      held;
    std::vector<llama_token> prompt;
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
    /** None: the likeliest token. */
    std::unique_ptr<llama_sampler, free_sampler> sampler;
};

/** The likeliest token; of equals the first. */
llama_token likeliest(const float * logits, int count) {
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
std::vector<llama_token_data> candidates_of(const float * logits, int count) {
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

llama_sampler * sampler_for(float temperature, uint32_t seed) {
    if (temperature <= 0) return nullptr;
    llama_sampler * chain = llama_sampler_chain_init(llama_sampler_chain_default_params());
    llama_sampler_chain_add(chain, llama_sampler_init_top_p(TOP_P, 1));
    llama_sampler_chain_add(chain, llama_sampler_init_temp(temperature));
    llama_sampler_chain_add(chain, llama_sampler_init_dist(seed));
    return chain;
}

struct context_settings {
    std::string adapter_path;
    int         sequences, context_tokens, batch_tokens;
};

/** Pairs of a sequence and a token, `ENDED` or `FAILED`. */
using news = std::vector<int32_t>;

/** How news get to JavaScript; goes when the last of them has been delivered. */
struct listener {
    napi_threadsafe_function function = nullptr;
    /** Answers under way, as far as JavaScript has heard. */
    int running = 0;

    void tell(news && what) const {
        auto * sent = new news(std::move(what));
        if (napi_call_threadsafe_function(function, sent, napi_tsfn_nonblocking) != napi_ok) delete sent;
    }
};

/** One llama.cpp context and the thread that works for it. */
class context {
  public:
    /** @throws std::runtime_error */
    context(std::shared_ptr<model> from, const context_settings & settings, listener * to)
        : to(to), owner(std::move(from)), vocabulary(llama_model_get_vocab(owner->weights.get())), batch_tokens(settings.batch_tokens),
          sequences(settings.sequences) {
        // Before the context: its room for a graph depends on the adapters that the model has by then.
        if (!settings.adapter_path.empty()) adapter = owner->adapter_of(settings.adapter_path);
        llama_context_params params = llama_context_default_params();
        params.n_ctx                = uint32_t(settings.context_tokens) * settings.sequences;
        params.n_batch = params.n_ubatch = settings.batch_tokens;
        params.n_seq_max                 = settings.sequences;
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

    void write(order && what) {
        const std::lock_guard<std::mutex> lock(door);
        incoming.push_back(std::move(what));
        awake.notify_one();
    }

    void stop(int number) {
        const std::lock_guard<std::mutex> lock(door);
        stops.push_back(number);
        awake.notify_one();
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

    listener * const to;

  private:
    std::shared_ptr<model>                       owner;
    const llama_vocab *                          vocabulary;
    int                                          batch_tokens;
    std::shared_ptr<llama_adapter_lora>          adapter;
    std::unique_ptr<llama_context, free_context> llama;
    llama_batch                                  batch{};
    std::thread                                  thread;

    std::mutex              door;
    std::condition_variable awake;
    std::vector<order>      incoming;
    std::vector<int>        stops;
    bool                    closing = false;

    // The thread's own.
    std::vector<sequence> sequences;
    /** Sequences whose prompts are being read, in order of arrival. */
    std::deque<int> reading;
    news            heard;
    bool            at_work = false;

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
        const auto has_work = [this] { return closing || !incoming.empty() || !stops.empty() || may_go_on(); };
        if (!has_work() && at_work) {
            cores.end_work();
            at_work = false;
        }
        awake.wait(lock, has_work);
        if (closing) return false;
        if (!at_work) cores.begin_work();
        at_work = true;
        for (order & each : incoming) begin(std::move(each));
        incoming.clear();
        for (int number : stops) {
            if (sequences[number].busy) end(number, ENDED);
        }
        stops.clear();
        return true;
    }

    bool may_run(const sequence & each) const { return each.busy && (each.urgent || !owner->paused); }

    bool may_go_on() const {
        return std::any_of(sequences.begin(), sequences.end(), [this](const sequence & each) { return may_run(each); });
    }

    void begin(order && what) {
        sequence & each = sequences[what.sequence];
        llama_memory_seq_rm(llama_get_memory(llama.get()), what.sequence, what.held, -1);
        each.busy     = true;
        each.urgent   = what.urgent;
        each.next     = std::move(what.prompt);
        each.at       = 0;
        each.position = what.held;
        each.writing  = false;
        each.left     = what.tokens_max;
        each.sampler.reset(sampler_for(what.temperature, what.seed));
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
            for (int i = 0; i < count; i++) add(number, each.next[each.at + i], each.position + i);
            each.at += count;
            each.position += count;
            const bool whole           = each.at == each.next.size();
            batch.logits[count - 1] = whole;
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
            add(number, each.next[0], each.position++);
            batch.logits[batch.n_tokens - 1] = true;
        }
        if (numbers.empty()) return;
        if (!decode()) {
            for (const int number : numbers) end(number, FAILED);
            return;
        }
        for (size_t row = 0; row < numbers.size(); row++) sample(numbers[row], int(row));
    }

    void add(int number, llama_token token, llama_pos position) {
        const int row        = batch.n_tokens++;
        batch.token[row]     = token;
        batch.pos[row]       = position;
        batch.n_seq_id[row]  = 1;
        batch.seq_id[row][0] = number;
        batch.logits[row]    = false;
    }

    bool decode() {
        const int threads = cores.take();
        llama_set_n_threads(llama.get(), threads, threads);
        const int status = llama_decode(llama.get(), batch);
        llama_synchronize(llama.get());
        cores.give_back(threads);
        return status == 0;
    }

    void sample(int number, int row) {
        sequence &        each   = sequences[number];
        const float *     logits = llama_get_logits_ith(llama.get(), row);
        const int         count  = llama_vocab_n_tokens(vocabulary);
        const llama_token token  = each.sampler ? draw(each.sampler.get(), logits, count) : likeliest(logits, count);
        heard.insert(heard.end(), { number, token });
        each.next.assign(1, token);
        each.at = 0;
        if (--each.left <= 0 || llama_vocab_is_eog(vocabulary, token) || llama_vocab_is_control(vocabulary, token)) end(number, ENDED);
    }

    static llama_token draw(llama_sampler * sampler, const float * logits, int count) {
        std::vector<llama_token_data> best = candidates_of(logits, count);
        llama_token_data_array        from{ best.data(), best.size(), -1, true };
        llama_sampler_apply(sampler, &from);
        return from.data[from.selected].id;
    }

    void send() {
        if (heard.empty()) return;
        to->tell(std::move(heard));
        heard.clear();
    }
};

}  // namespace

// ---- Node-API ----

namespace {

void check(napi_env env, napi_status status) {
    if (status != napi_ok) napi_throw_error(env, nullptr, "Node-API refused a call of the writer.");
}

std::string text_of(napi_env env, napi_value value) {
    size_t length = 0;
    check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
    std::string text(length, '\0');
    check(env, napi_get_value_string_utf8(env, value, text.data(), length + 1, &length));
    return text;
}

double number_of(napi_env env, napi_value value) {
    double number = 0;
    check(env, napi_get_value_double(env, value, &number));
    return number;
}

bool truth_of(napi_env env, napi_value value) {
    bool truth = false;
    check(env, napi_get_value_bool(env, value, &truth));
    return truth;
}

template <int N> struct arguments {
    napi_value values[N];
    arguments(napi_env env, napi_callback_info info) {
        size_t count = N;
        check(env, napi_get_cb_info(env, info, &count, values, nullptr, nullptr));
    }
    napi_value operator[](int i) const { return values[i]; }
};

/** What a JavaScript handle stands for. */
template <class T> using held = std::shared_ptr<T>;

template <class T> napi_value handle(napi_env env, held<T> what) {
    napi_value value;
    check(env, napi_create_external(
                   env, new held<T>(std::move(what)), [](napi_env, void * data, void *) { delete static_cast<held<T> *>(data); }, nullptr, &value));
    return value;
}

template <class T> held<T> & held_by(napi_env env, napi_value value) {
    void * data = nullptr;
    check(env, napi_get_value_external(env, value, &data));
    return *static_cast<held<T> *>(data);
}

/** Work away from JavaScript's thread, for which it gets a promise. */
struct task {
    std::function<void()>               work;
    std::function<napi_value(napi_env)> result;
    std::string                         error;
    napi_deferred                       promise;
    napi_async_work                     handle;
};

napi_value promise_of(napi_env env, std::function<void()> work, std::function<napi_value(napi_env)> result) {
    auto *     each = new task{ std::move(work), std::move(result), {}, nullptr, nullptr };
    napi_value promise, name;
    check(env, napi_create_promise(env, &each->promise, &promise));
    check(env, napi_create_string_utf8(env, "retune-writer", NAPI_AUTO_LENGTH, &name));
    const auto execute = [](napi_env, void * data) {
        auto * each = static_cast<task *>(data);
        try {
            each->work();
        } catch (const std::exception & error) {
            each->error = error.what();
        }
    };
    const auto complete = [](napi_env env, napi_status, void * data) {
        const std::unique_ptr<task> each(static_cast<task *>(data));
        napi_value                  value;
        if (each->error.empty()) {
            check(env, napi_resolve_deferred(env, each->promise, each->result(env)));
        } else {
            napi_value message;
            check(env, napi_create_string_utf8(env, each->error.c_str(), NAPI_AUTO_LENGTH, &message));
            check(env, napi_create_error(env, nullptr, message, &value));
            check(env, napi_reject_deferred(env, each->promise, value));
        }
        check(env, napi_delete_async_work(env, each->handle));
    };
    check(env, napi_create_async_work(env, nullptr, name, execute, complete, each, &each->handle));
    check(env, napi_queue_async_work(env, each->handle));
    return promise;
}

napi_value undefined(napi_env env) {
    napi_value value;
    check(env, napi_get_undefined(env, &value));
    return value;
}

/** Contexts whose threads must end before the process does. */
std::set<context *> alive;

/** openModel(path, cores): Promise<model> */
napi_value open_model(napi_env env, napi_callback_info info) {
    const arguments<2> given(env, info);
    const std::string  path = text_of(env, given[0]);
    cores.set(int(number_of(env, given[1])));
    auto opened = std::make_shared<model>();
    return promise_of(
        env,
        [opened, path] {
            llama_model_params params = llama_model_default_params();
            params.lazy_mode          = LLAMA_LAZY_MODE_OFF;
            opened->weights.reset(llama_model_load_from_file(path.c_str(), params));
            if (!opened->weights) throw std::runtime_error("llama.cpp can't load it");
        },
        [opened](napi_env env) { return handle<model>(env, opened); });
}

/** closeModel(model): Promise<void>. Its memory goes with the last of its contexts. */
napi_value close_model(napi_env env, napi_callback_info info) {
    auto closed = std::make_shared<held<model>>(std::move(held_by<model>(env, arguments<1>(env, info)[0])));
    return promise_of(env, [closed] { closed->reset(); }, undefined);
}

/** pause(model, whether): void */
napi_value pause(napi_env env, napi_callback_info info) {
    const arguments<2>  given(env, info);
    const held<model> & of = held_by<model>(env, given[0]);
    if (!of) return undefined(env);
    of->paused = truth_of(env, given[1]);
    const std::lock_guard<std::mutex> lock(of->door);
    for (context * each : of->contexts) each->wake();
    return undefined(env);
}

/** On JavaScript's thread: hands news over, and lets the process end while nothing is being written. */
void deliver(napi_env env, napi_value callback, void * of, void * data) {
    const std::unique_ptr<news> what(static_cast<news *>(data));
    if (!env) return;
    auto * from = static_cast<listener *>(of);
    for (size_t i = 1; i < what->size(); i += 2) {
        if ((*what)[i] < 0 && --from->running == 0) check(env, napi_unref_threadsafe_function(env, from->function));
    }
    napi_value buffer, array;
    void *     bytes = nullptr;
    check(env, napi_create_arraybuffer(env, what->size() * sizeof(int32_t), &bytes, &buffer));
    std::copy(what->begin(), what->end(), static_cast<int32_t *>(bytes));
    check(env, napi_create_typedarray(env, napi_int32_array, what->size(), buffer, 0, &array));
    napi_call_function(env, undefined(env), callback, 1, &array, nullptr);
}

listener * listener_for(napi_env env, napi_value callback) {
    auto *     to = new listener;
    napi_value name;
    check(env, napi_create_string_utf8(env, "retune-writer", NAPI_AUTO_LENGTH, &name));
    const auto gone = [](napi_env, void * data, void *) { delete static_cast<listener *>(data); };
    check(env, napi_create_threadsafe_function(env, callback, nullptr, name, 0, 1, to, gone, to, deliver, &to->function));
    check(env, napi_unref_threadsafe_function(env, to->function));
    return to;
}

/** openContext(model, adapterPath, sequences, contextTokens, batchTokens, onNews): Promise<context> */
napi_value open_context(napi_env env, napi_callback_info info) {
    const arguments<6>     given(env, info);
    const held<model>      from = held_by<model>(env, given[0]);
    const context_settings settings{ text_of(env, given[1]), int(number_of(env, given[2])), int(number_of(env, given[3])), int(number_of(env, given[4])) };
    listener * const       to     = listener_for(env, given[5]);
    auto                   opened = std::make_shared<held<context>>();
    return promise_of(
        env,
        [=] {
            try {
                if (!from) throw std::runtime_error("the model is closed");
                *opened = std::make_shared<context>(from, settings, to);
            } catch (...) {
                napi_release_threadsafe_function(to->function, napi_tsfn_release);
                throw;
            }
        },
        [opened](napi_env env) {
            alive.insert(opened->get());
            return handle<context>(env, *opened);
        });
}

/** write(context, sequence, held, prompt, tokensMax, temperature, seed, urgent): void */
napi_value write(napi_env env, napi_callback_info info) {
    const arguments<8>    given(env, info);
    const held<context> & in = held_by<context>(env, given[0]);
    order                 what{};
    size_t                count = 0;
    void *                data  = nullptr;
    what.sequence               = int(number_of(env, given[1]));
    what.held                   = int(number_of(env, given[2]));
    check(env, napi_get_typedarray_info(env, given[3], nullptr, &count, &data, nullptr, nullptr));
    what.prompt.assign(static_cast<int32_t *>(data), static_cast<int32_t *>(data) + count);
    what.tokens_max  = int(number_of(env, given[4]));
    what.temperature = float(number_of(env, given[5]));
    what.seed        = uint32_t(number_of(env, given[6]));
    what.urgent      = truth_of(env, given[7]);
    if (!in || what.sequence < 0 || what.sequence >= in->size() || what.prompt.empty()) {
        check(env, napi_throw_error(env, nullptr, "There is no such sequence, or nothing to read."));
        return undefined(env);
    }
    if (in->to->running++ == 0) check(env, napi_ref_threadsafe_function(env, in->to->function));
    in->write(std::move(what));
    return undefined(env);
}

/** stop(context, sequence): void. `ENDED` follows, unless the answer has ended already. */
napi_value stop(napi_env env, napi_callback_info info) {
    const arguments<2>    given(env, info);
    const held<context> & in = held_by<context>(env, given[0]);
    if (in) in->stop(int(number_of(env, given[1])));
    return undefined(env);
}

/** What the allocator keeps of a context, the next one finds no use for: hundreds of versions later it is tens of megabytes. */
void give_memory_back() {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

/** closeContext(context): Promise<void>. What is being written ends without a word. */
napi_value close_context(napi_env env, napi_callback_info info) {
    auto closed = std::make_shared<held<context>>(std::move(held_by<context>(env, arguments<1>(env, info)[0])));
    if (!*closed) return promise_of(env, [] {}, undefined);
    alive.erase(closed->get());
    return promise_of(
        env,
        [closed] {
            const auto function = (*closed)->to->function;
            closed->reset();
            give_memory_back();
            napi_release_threadsafe_function(function, napi_tsfn_release);
        },
        undefined);
}

napi_value init(napi_env env, napi_value exports) {
    const std::pair<const char *, napi_callback> functions[] = {
        { "openModel", open_model },   { "closeModel", close_model },     { "pause", pause }, { "openContext", open_context },
        { "closeContext", close_context }, { "write", write }, { "stop", stop },
    };
    for (const auto & [name, function] : functions) {
        napi_value value;
        check(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value));
        check(env, napi_set_named_property(env, exports, name, value));
    }
    check(env, napi_add_env_cleanup_hook(
                   env,
                   [](void *) {
                       for (context * each : alive) each->close();
                       alive.clear();
                   },
                   nullptr));
    return exports;
}

}  // namespace

NAPI_MODULE(retune_writer, init)
