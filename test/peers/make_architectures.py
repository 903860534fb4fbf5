"""Makes a tiny random model of each architecture with golden values in test/peers/golden/ (arch-*.gguf, arch-*.json), and its
random adapter as PEFT itself saves it (peft-*/).

    pip install -r test/peers/requirements.txt
    python test/peers/make_architectures.py

Log-probabilities and LoRA gradients come from transformers + PEFT + autograd in float32. The matrices are rounded to
float16 first, so that the small file holds exactly what PyTorch computed with.
"""

import math

import gguf
import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from transformers import (LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM,
                          Qwen3Config, Qwen3ForCausalLM)

from llama_gguf import NAMES, permute
from make_golden import HERE, TARGETS, b64, weighted_loss, write

VOCABULARY, LAYERS, HEADS, KV_HEADS, CONTEXT, RANK, ALPHA = 40, 2, 4, 2, 64, 2, 4
SIZES = dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=64, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
             num_key_value_heads=KV_HEADS, max_position_embeddings=CONTEXT, rms_norm_eps=1e-5, attn_implementation="eager")
LLAMA3 = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 32}
DEFAULT_ROPE = {"rope_type": "default", "rope_theta": 10000.0}
# name → (GGUF architecture, width of a head, model)
MODELS = {
    "qwen2": ("qwen2", 8, lambda: Qwen2ForCausalLM(Qwen2Config(**SIZES, rope_parameters=DEFAULT_ROPE, tie_word_embeddings=True))),
    "qwen3": ("qwen3", 12, lambda: Qwen3ForCausalLM(Qwen3Config(**SIZES, head_dim=12, rope_parameters=DEFAULT_ROPE, tie_word_embeddings=True))),
    "llama3": ("llama", 8, lambda: LlamaForCausalLM(LlamaConfig(**SIZES, rope_parameters=LLAMA3, tie_word_embeddings=False))),
    "mistral": ("llama", 12, lambda: MistralForCausalLM(MistralConfig(**SIZES, head_dim=12, sliding_window=20, rope_parameters=DEFAULT_ROPE, tie_word_embeddings=False))),
}


def randomise(model) -> None:
    with torch.no_grad():
        for weight in model.parameters():
            random = torch.randn_like(weight)
            weight.copy_((random * 0.15).half() if weight.dim() == 2 else random * 0.2 + 0.6)


def llama3_factors(width: int) -> np.ndarray:
    """What a frequency is divided by, as llama.cpp's converter stores it (rope_freqs.weight)."""
    factors = []
    for i in range(width // 2):
        wavelength = 2 * math.pi * LLAMA3["rope_theta"] ** (2 * i / width)
        ratio = LLAMA3["original_max_position_embeddings"] / wavelength
        smooth = (ratio - LLAMA3["low_freq_factor"]) / (LLAMA3["high_freq_factor"] - LLAMA3["low_freq_factor"])
        smooth = min(1.0, max(0.0, smooth))
        factors.append(1 / ((1 - smooth) / LLAMA3["factor"] + smooth))
    return np.array(factors, dtype=np.float32)


def write_model(path: str, model, architecture: str, width: int) -> None:
    """As llama.cpp's converter would: q and k rows permuted for `llama` only; norms and biases in float32."""
    config, state = model.config, {k: v.detach().numpy() for k, v in model.state_dict().items()}
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(CONTEXT), writer.add_embedding_length(config.hidden_size), writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(config.intermediate_size), writer.add_head_count(HEADS), writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps), writer.add_rope_freq_base(10000.0), writer.add_rope_dimension_count(width)
    writer.add_key_length(width), writer.add_value_length(width), writer.add_vocab_size(VOCABULARY)
    writer.add_tokenizer_model("no_vocab")
    if getattr(config, "sliding_window", None):
        writer.add_sliding_window(config.sliding_window)

    def add(name: str, value: np.ndarray) -> None:
        writer.add_tensor(name, np.ascontiguousarray(value.astype(np.float16 if value.ndim == 2 else np.float32)))

    add("token_embd.weight", state["model.embed_tokens.weight"])
    add("output_norm.weight", state["model.norm.weight"])
    if not config.tie_word_embeddings:
        add("output.weight", state["lm_head.weight"])
    if config.rope_parameters["rope_type"] == "llama3":
        add("rope_freqs.weight", llama3_factors(width))
    names = {**NAMES, "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm"}
    for block in range(LAYERS):
        for part, name in names.items():
            for kind in ("weight", "bias"):
                value = state.get(f"model.layers.{block}.{name}.{kind}")
                if value is None:
                    continue
                if architecture == "llama" and part in ("attn_q", "attn_k"):
                    value = permute(value, HEADS if part == "attn_q" else KV_HEADS)
                add(f"blk.{block}.{part}.{kind}", value)
    writer.write_header_to_file(), writer.write_kv_data_to_file(), writer.write_tensors_to_file(), writer.close()


def examples() -> list[dict]:
    random = np.random.default_rng(1)
    return [{"id": str(i), "prompt": random.integers(0, VOCABULARY, p).tolist(), "completion": random.integers(0, VOCABULARY, c).tolist(), "weight": w}
            for i, (p, c, w) in enumerate([(5, 3, 1), (3, 1, 0.5), (12, 8, 2)])]


def flat(model, architecture: str, of) -> np.ndarray:
    """A and B in the order of the learner's flat vector, B of q and k in the GGUF's row order."""
    named, parts = dict(model.named_parameters()), []
    heads = {"attn_q": HEADS, "attn_k": KV_HEADS} if architecture == "llama" else {}
    for block in range(LAYERS):
        for target in TARGETS:
            prefix = f"base_model.model.model.layers.{block}.{NAMES[target]}"
            a, b = (of(named[f"{prefix}.lora_{part}.default.weight"]).detach().numpy() for part in "AB")
            parts += [a.reshape(-1), (permute(b, heads[target]) if target in heads else b).reshape(-1)]
    return np.concatenate(parts)


def golden(name: str) -> None:
    architecture, width, make = MODELS[name]
    torch.manual_seed(3)
    base, items = make().float().eval(), examples()
    randomise(base)
    write_model(str(HERE / f"arch-{name}.gguf"), base, architecture, width)
    log_probs = []
    with torch.no_grad():
        for item in items:
            log_p = torch.log_softmax(base(torch.tensor([item["prompt"] + item["completion"]])).logits[0, len(item["prompt"]) - 1:-1], -1)
            log_probs.append(log_p.gather(1, torch.tensor(item["completion"])[:, None])[:, 0].tolist())
    model = get_peft_model(base, LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0, bias="none",
                                            target_modules=[NAMES[t].split(".")[1] for t in TARGETS]))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.normal_(0, 0.2)
    model.save_pretrained(HERE / f"peft-{name}")
    (HERE / f"peft-{name}" / "README.md").unlink()
    loss = weighted_loss(model, items)
    loss.backward()
    write(f"arch-{name}.json", {"rank": RANK, "alpha": ALPHA, "items": items, "baseLogProbs": log_probs, "loss": loss.item(),
                                "values": b64(flat(model, architecture, lambda p: p)), "gradient": b64(flat(model, architecture, lambda p: p.grad))})


if __name__ == "__main__":
    for name in MODELS:
        golden(name)
