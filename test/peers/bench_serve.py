"""The peers of `npm run bench:serve`: they answer the same prompts as the service, as token ids, in this process, without any network.

    python bench_serve.py llama.cpp|vllm SETTINGS.json

SETTINGS.json: {model, base, threads, contextTokens, chatsMax, answerTokens}; `model` is the GGUF, `base` its weights as a transformers folder
(float32), for vLLM. Prints {"ready": "what runs"}, then for each line on standard input, {"shared": n, "chats": [[[token, …], …], …]}, one line
{"seconds", "answers": [{"firstTokenMs", "totalMs", "tokens"}]}. The chats ask at the same time, each its prompts one after the other; answers are
greedy and `answerTokens` long whatever the model says. The first `shared` tokens of all prompts, the instructions, are read before the clock starts.
"""

import json
import os
import sys
import time

BATCH_TOKENS = 512


class LlamaCpp:
    """llama.cpp itself, one context, batched as its server does: each decode holds a token of every answer and as much of the prompts as fits."""

    def __init__(self, settings: dict):
        import llama_cpp
        self.c, self.settings, self.context = llama_cpp, settings, None
        llama_cpp.llama_backend_init()
        self.log = llama_cpp.llama_log_callback(lambda level, text, data: None)
        llama_cpp.llama_log_set(self.log, None)
        self.model = llama_cpp.llama_model_load_from_file(settings["model"].encode(), llama_cpp.llama_model_default_params())
        if not self.model:
            raise SystemExit(f"llama.cpp can't load {settings['model']}.")
        self.sampler = llama_cpp.llama_sampler_init_greedy()
        self.batch = llama_cpp.llama_batch_init(BATCH_TOKENS, 0, 1)
        self.name = f"llama-cpp-python {llama_cpp.__version__}, {settings['threads']} threads"

    def prepare(self, chats: int, shared: list) -> None:
        c, threads = self.c, self.settings["threads"]
        if self.context:
            c.llama_free(self.context)
        params = c.llama_context_default_params()
        params.n_seq_max, params.n_ctx = chats, chats * self.settings["contextTokens"]
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.n_threads = params.n_threads_batch = threads
        self.context = c.llama_init_from_model(self.model, params)
        self.memory = c.llama_get_memory(self.context)
        self.held = [[] for _ in range(chats)]
        self.todo = {}
        for chat in range(chats):
            self.add(chat, shared)
        while self.todo:
            for chat in self.step():
                self.finish(chat)

    def add(self, chat: int, prompt: list) -> None:
        """What the chat's sequence holds already is not read again, as in llama.cpp's server."""
        held = self.held[chat]
        common = next((i for i, (a, b) in enumerate(zip(held, prompt)) if a != b), min(len(held), len(prompt)))
        common = min(common, len(prompt) - 1)
        self.c.llama_memory_seq_rm(self.memory, chat, common, -1)
        self.held[chat] = held[:common]
        self.todo[chat] = prompt[common:]

    def finish(self, chat: int) -> None:
        del self.todo[chat]

    def step(self) -> list:
        """One decode. The chats that got a token by it."""
        batch, rows, writing = self.batch, 0, []
        for chat, todo in sorted(self.todo.items(), key=lambda item: len(item[1])):
            taken = todo[:BATCH_TOKENS - rows]
            for i, token in enumerate(taken):
                batch.token[rows], batch.pos[rows] = token, len(self.held[chat]) + i
                batch.n_seq_id[rows], batch.seq_id[rows][0] = 1, chat
                batch.logits[rows] = int(i == len(todo) - 1)
                rows += 1
            self.held[chat] += taken
            self.todo[chat] = todo[len(taken):]
            if taken and not self.todo[chat]:
                writing.append((chat, rows - 1))
        batch.n_tokens = rows
        status = self.c.llama_decode(self.context, batch)
        if status != 0:
            raise SystemExit(f"llama_decode gave {status}.")
        for chat, row in writing:
            self.todo[chat] = [self.c.llama_sampler_sample(self.sampler, self.context, row)]
        return [chat for chat, _ in writing]


class Vllm:
    """vLLM's engine on the CPU, in float32 where the processor has no bfloat16 of its own."""

    def __init__(self, settings: dict):
        cores = sorted(os.sched_getaffinity(0))[:settings["threads"]]
        for name, value in {
            "VLLM_TARGET_DEVICE": "cpu", "VLLM_CPU_KVCACHE_SPACE": "2", "VLLM_ENABLE_V1_MULTIPROCESSING": "0", "VLLM_LOGGING_LEVEL": "ERROR",
            "VLLM_CPU_OMP_THREADS_BIND": ",".join(map(str, cores)),
        }.items():
            os.environ.setdefault(name, value)
        import torch
        import vllm
        dtype = "bfloat16" if torch.cpu._is_avx512_bf16_supported() else "float32"
        self.llm = vllm.LLM(model=settings["base"], skip_tokenizer_init=True, dtype=dtype, max_model_len=settings["contextTokens"],
                            max_num_seqs=settings["chatsMax"], enable_prefix_caching=True)
        self.engine = self.llm.llm_engine
        self.sampling = lambda tokens: vllm.SamplingParams(max_tokens=tokens, temperature=0, ignore_eos=True, detokenize=False)
        self.answer_tokens, self.asked, self.written = settings["answerTokens"], 0, {}
        self.name = f"vLLM {vllm.__version__} on CPU, {dtype}, {len(cores)} threads"

    def prepare(self, chats: int, shared: list) -> None:
        self.llm.reset_prefix_cache()
        self.llm.generate([{"prompt_token_ids": shared}], self.sampling(1), use_tqdm=False)

    def add(self, chat: int, prompt: list) -> None:
        self.asked += 1
        self.engine.add_request(f"{chat}/{self.asked}", {"prompt_token_ids": prompt}, self.sampling(self.answer_tokens))

    def finish(self, chat: int) -> None:
        pass

    def step(self) -> list:
        got = []
        for output in self.engine.step():
            before = self.written.pop(output.request_id, 0)
            now = len(output.outputs[0].token_ids)
            if not output.finished:
                self.written[output.request_id] = now
            got += [int(output.request_id.split("/")[0])] * (now - before)
        return got


def serve(engine, settings: dict, wave: dict) -> dict:
    chats = [list(prompts) for prompts in wave["chats"]]
    engine.prepare(len(chats), chats[0][0][:max(1, wave["shared"])])
    answers, writing, begun = [], {}, time.perf_counter()

    def ask(chat: int) -> None:
        engine.add(chat, chats[chat].pop(0))
        writing[chat] = {"asked": time.perf_counter(), "first": None, "tokens": 0}

    for chat in range(len(chats)):
        ask(chat)
    while writing:
        for chat in engine.step():
            now, answer = time.perf_counter(), writing[chat]
            answer["first"] = answer["first"] or now
            answer["tokens"] += 1
            if answer["tokens"] < settings["answerTokens"]:
                continue
            engine.finish(chat)
            del writing[chat]
            answers.append({"firstTokenMs": 1000 * (answer["first"] - answer["asked"]), "totalMs": 1000 * (now - answer["asked"]),
                            "tokens": answer["tokens"]})
            if chats[chat]:
                ask(chat)
    return {"seconds": time.perf_counter() - begun, "answers": answers}


def main() -> None:
    with open(sys.argv[2]) as file:
        settings = json.load(file)
    # Libraries print to standard output, which is ours alone.
    results = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    engine = {"llama.cpp": LlamaCpp, "vllm": Vllm}[sys.argv[1]](settings)
    print(json.dumps({"ready": engine.name}), file=results)
    for line in sys.stdin:
        print(json.dumps(serve(engine, settings, json.loads(line))), file=results)


if __name__ == "__main__":
    main()
