// The Node-API addon around `writer.h`, called by `native-model.ts`: handles, promises, and news of tokens from the contexts' threads.
#include <node_api.h>

#include "writer.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

using namespace writer;

namespace {

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

/** A context, and how JavaScript hears of its answers. */
struct heard_context {
    listener * const to;
    context          writes;

    heard_context(const std::shared_ptr<model> & from, const context_settings & settings, listener * to)
        : to(to), writes(from, settings, [to](news && what) { to->tell(std::move(what)); }) {}
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

/** openContext(model, adapterPath, sequences, contextTokens, batchTokens, draftTokens, onNews): Promise<context> */
napi_value open_context(napi_env env, napi_callback_info info) {
    const arguments<7>     given(env, info);
    const held<model>      from = held_by<model>(env, given[0]);
    const context_settings settings{ text_of(env, given[1]), int(number_of(env, given[2])), int(number_of(env, given[3])), int(number_of(env, given[4])),
                                   int(number_of(env, given[5])) };
    listener * const       to     = listener_for(env, given[6]);
    auto                   opened = std::make_shared<held<heard_context>>();
    return promise_of(
        env,
        [=] {
            try {
                if (!from) throw std::runtime_error("the model is closed");
                *opened = std::make_shared<heard_context>(from, settings, to);
            } catch (...) {
                napi_release_threadsafe_function(to->function, napi_tsfn_release);
                throw;
            }
        },
        [opened](napi_env env) {
            alive.insert(&(*opened)->writes);
            return handle<heard_context>(env, *opened);
        });
}

/** write(context, sequence, prompt, held, tokensMax, temperature, seed, urgent): void */
napi_value write(napi_env env, napi_callback_info info) {
    const arguments<8>          given(env, info);
    const held<heard_context> & in = held_by<heard_context>(env, given[0]);
    order                 what{};
    size_t                count = 0;
    void *                data  = nullptr;
    what.sequence               = int(number_of(env, given[1]));
    check(env, napi_get_typedarray_info(env, given[2], nullptr, &count, &data, nullptr, nullptr));
    what.prompt.assign(static_cast<int32_t *>(data), static_cast<int32_t *>(data) + count);
    what.held        = int(number_of(env, given[3]));
    what.tokens_max  = int(number_of(env, given[4]));
    what.temperature = float(number_of(env, given[5]));
    what.seed        = uint32_t(number_of(env, given[6]));
    what.urgent      = truth_of(env, given[7]);
    if (!in || what.sequence < 0 || what.sequence >= in->writes.size() || what.held < 0 || what.held >= int(count)) {
        check(env, napi_throw_error(env, nullptr, "There is no such sequence, or nothing to read."));
        return undefined(env);
    }
    if (in->to->running++ == 0) check(env, napi_ref_threadsafe_function(env, in->to->function));
    in->writes.write(std::move(what));
    return undefined(env);
}

/** stop(context, sequence): void. `ENDED` follows, unless the answer has ended already. */
napi_value stop(napi_env env, napi_callback_info info) {
    const arguments<2>          given(env, info);
    const held<heard_context> & in = held_by<heard_context>(env, given[0]);
    if (in) in->writes.stop(int(number_of(env, given[1])));
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
    auto closed = std::make_shared<held<heard_context>>(std::move(held_by<heard_context>(env, arguments<1>(env, info)[0])));
    if (!*closed) return promise_of(env, [] {}, undefined);
    alive.erase(&(*closed)->writes);
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
