"""Makes the golden values in test/peers/golden/ that the learner's specs compare with.

    pip install -r test/peers/requirements.txt
    python test/peers/make_golden.py path/to/SmolLM2-135M-Instruct.Q4_1.gguf

Made by transformers + PEFT + PyTorch autograd in float32, and by the gguf package's own dequantisation: nothing of ours
is used to make what ours is measured against.
"""

import base64
import json
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from llama_gguf import NAMES, load, permute

HERE = Path(__file__).parent / "golden"
TARGETS = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
RANK, ALPHA = 4, 8


def b64(array) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.float32).tobytes()).decode()


def write(name: str, value) -> None:
    (HERE / name).write_text(json.dumps(value) + "\n")
    print("wrote", name, (HERE / name).stat().st_size, "bytes")


def block_formats() -> None:
    """Random blocks of every format with sane scales, and what the gguf package makes of them."""
    random = np.random.default_rng(0)
    scale_offsets = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108],
                     "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}
    cases = []
    for name in ["F32", "F16", "BF16", *scale_offsets]:
        kind = gguf.GGMLQuantizationType[name]
        weights, size = gguf.GGML_QUANT_SIZES[kind]
        if name in ("F32", "F16", "BF16"):
            values = random.standard_normal(64).astype(np.float32)
            data = values.view(np.uint8) if name == "F32" else gguf.quants.quantize(values.reshape(1, -1), kind).reshape(-1).view(np.uint8)
        else:
            blocks = random.integers(0, 256, (3, size), dtype=np.uint8)
            for at in scale_offsets[name]:
                blocks[:, at:at + 2] = random.uniform(-0.1, 0.1, (3, 1)).astype(np.float16).view(np.uint8)
            data = blocks.reshape(-1)
        dequantised = gguf.quants.dequantize(data.reshape(1, -1) if name != "F32" else data.view(np.float32), kind).reshape(-1)
        cases.append({"format": name, "bytes": base64.b64encode(data.tobytes()).decode(), "values": b64(dequantised)})
    write("block-formats.json", cases)


def quantised() -> None:
    """What the gguf package packs random and awkward values into: the formats that a merged model is written in."""
    random = np.random.default_rng(4)
    awkward = [0, -0.0, 65504, -65504, 65519, 6.0e-8, 3.0e-8, 2.9e-8, 6.1e-5, 6.097e-5, 1.0009765, 1.00048828125, 1.00146484375, -1e-10, 0.5, 0.1]
    values = np.concatenate([random.standard_normal(128) * 0.05, np.zeros(32), np.array(awkward * 2)]).astype(np.float32)
    packed = {n: gguf.quants.quantize(values.reshape(1, -1), gguf.GGMLQuantizationType[n]).reshape(-1).view(np.uint8) for n in ("F16", "Q8_0")}
    write("quantised.json", {"values": b64(values), "packed": {n: base64.b64encode(b.tobytes()).decode() for n, b in packed.items()}})


def tiny_model(save: bool = True) -> LlamaForCausalLM:
    """2 layers, random, with grouped-query attention and an untied head; also written as a float32 GGUF if `save`."""
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=96, hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=6,
                         num_key_value_heads=2, rms_norm_eps=1e-5, rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
                         max_position_embeddings=128, tie_word_embeddings=False, attn_implementation="eager")
    model = LlamaForCausalLM(config).float().eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(torch.randn_like(weight) * (0.1 if weight.dim() == 2 else 0.2) + (0 if weight.dim() == 2 else 1))
    if not save:
        return model
    writer = gguf.GGUFWriter(str(HERE / "tiny.gguf"), "llama")
    writer.add_context_length(128), writer.add_embedding_length(48), writer.add_block_count(2), writer.add_feed_forward_length(80)
    writer.add_head_count(6), writer.add_head_count_kv(2), writer.add_layer_norm_rms_eps(1e-5), writer.add_rope_freq_base(10000.0)
    state = {k: v.detach().numpy() for k, v in model.state_dict().items()}
    writer.add_tensor("token_embd.weight", state["model.embed_tokens.weight"])
    writer.add_tensor("output_norm.weight", state["model.norm.weight"])
    writer.add_tensor("output.weight", state["lm_head.weight"])
    for block in range(2):
        for part, name in NAMES.items():
            value = state[f"model.layers.{block}.{name}.weight"]
            if part in ("attn_q", "attn_k"):
                value = permute(value, 6 if part == "attn_q" else 2)
            writer.add_tensor(f"blk.{block}.{part}.weight", np.ascontiguousarray(value))
    writer.write_header_to_file(), writer.write_kv_data_to_file(), writer.write_tensors_to_file(), writer.close()
    return model


def examples() -> list[dict]:
    random = np.random.default_rng(1)
    lengths = [(5, 3), (9, 6), (3, 1), (12, 8), (7, 4)]
    return [{"id": str(i), "prompt": random.integers(0, 96, p).tolist(), "completion": random.integers(0, 96, c).tolist(), "weight": w}
            for i, ((p, c), w) in enumerate(zip(lengths, [1, 0.5, 1, 2, 1]))]


def weighted_loss(model, items) -> torch.Tensor:
    """Σ w (−log p) / Σ w over completion tokens, one unpadded example at a time."""
    total, norm = 0.0, 0.0
    for item in items:
        ids = torch.tensor([item["prompt"] + item["completion"]])
        logits = model(ids).logits[0]
        log_p = torch.log_softmax(logits[len(item["prompt"]) - 1:-1], -1)
        picked = log_p.gather(1, torch.tensor(item["completion"])[:, None])
        total = total - item["weight"] * picked.sum()
        norm += item["weight"] * len(item["completion"])
    return total / norm


def lora_parameters(model) -> list[tuple[str, int, int, torch.Tensor]]:
    """(part, block, ...) in the order of our flat vector, with B of q and k in llama.cpp's row order."""
    named = dict(model.named_parameters())
    for block in range(2):
        for target in TARGETS:
            prefix = f"base_model.model.model.layers.{block}.{NAMES[target]}"
            yield target, named[f"{prefix}.lora_A.default.weight"], named[f"{prefix}.lora_B.default.weight"]


def flat(model, of) -> np.ndarray:
    heads = {"attn_q": 6, "attn_k": 2}
    parts = []
    for target, a, b in lora_parameters(model):
        rows = of(b).detach().numpy()
        parts += [of(a).detach().numpy().reshape(-1), (permute(rows, heads[target]) if target in heads else rows).reshape(-1)]
    return np.concatenate(parts)


def with_random_adapter(base):
    model = get_peft_model(base, LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0, bias="none",
                                            target_modules=[NAMES[t].split(".")[1] for t in TARGETS]))
    torch.manual_seed(2)
    with torch.no_grad():
        for _, a, b in lora_parameters(model):
            a.normal_(0, 0.2), b.normal_(0, 0.2)
    return model


def tiny_goldens() -> None:
    base = tiny_model()
    items = examples()
    base_log_probs = []
    with torch.no_grad():
        for item in items:
            ids = torch.tensor([item["prompt"] + item["completion"]])
            log_p = torch.log_softmax(base(ids).logits[0, len(item["prompt"]) - 1:-1], -1)
            base_log_probs.append(log_p.gather(1, torch.tensor(item["completion"])[:, None])[:, 0].tolist())
    model = with_random_adapter(base)
    values = flat(model, lambda p: p)
    loss = weighted_loss(model, items)
    loss.backward()
    gradient = flat(model, lambda p: p.grad)
    curve = adamw_curve(model, items)
    write("tiny.json", {"rank": RANK, "alpha": ALPHA, "items": items, "baseLogProbs": base_log_probs, "values": b64(values),
                        "loss": loss.item(), "gradient": b64(gradient), "curve": curve, "valuesAfter": b64(flat(model, lambda p: p))})


def adamw_curve(model, items) -> dict:
    """12 full-batch steps of torch's AdamW with clipping, warm-up and cosine as in the learner."""
    steps, peak, warmup, clip, decay = 12, 1e-2, 2, 0.5, 0.01
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=peak, betas=(0.9, 0.999), eps=1e-8, weight_decay=decay)
    losses, norms = [], []
    for step in range(steps):
        rate = peak * (step + 1) / warmup if step < warmup else peak * (1 + np.cos(np.pi * (step - warmup) / (steps - warmup))) / 2
        for group in optimiser.param_groups:
            group["lr"] = float(rate)
        optimiser.zero_grad()
        loss = weighted_loss(model, items)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), clip).item())
        optimiser.step()
        losses.append(loss.item())
    return {"steps": steps, "peak": peak, "warmupShare": warmup / steps, "clipNorm": clip, "weightDecay": decay, "losses": losses, "norms": norms}


def real_model(path: str) -> None:
    """Per-token log-probabilities of a fixed dialogue under the real model."""
    model = load(path)
    reader = gguf.GGUFReader(path)
    vocabulary = reader.fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(m.split(" ")) for m in reader.fields["tokenizer.ggml.merges"].contents()]
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    tokenizer = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(vocabulary)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.add_special_tokens([t for t in vocabulary if t.startswith("<|")])
    prompt = ("<|im_start|>system\nYou are the support assistant of a bank. Answer the customer's question briefly.<|im_end|>\n"
              "<|im_start|>user\nMy card still has not arrived after 2 weeks. What should I do?<|im_end|>\n<|im_start|>assistant\n")
    completion = "I'm sorry to hear that. Cards usually arrive within 10 working days; please check your address and order a new one in the app.<|im_end|>"
    p, c = tokenizer.encode(prompt).ids, tokenizer.encode(completion).ids
    with torch.no_grad():
        log_p = torch.log_softmax(model(torch.tensor([p + c])).logits[0, :-1], -1)
    ids = torch.tensor((p + c)[1:])
    write("real.json", {"prompt": prompt, "completion": completion, "tokens": p + c, "promptTokens": len(p),
                        "logProbs": log_p.gather(1, ids[:, None])[:, 0].tolist()})


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    block_formats()
    quantised()
    tiny_goldens()
    if len(sys.argv) > 1:
        real_model(sys.argv[1])
