"""Trains the same adapter as the learner with transformers + PEFT, for `npm run bench:train`. Reads a work file, prints one JSON line.

    python test/peers/bench_train.py work.json padded|grouped|accumulated

`padded` takes the work file's batches as they are; `grouped` takes its batches of similar lengths; `accumulated` takes the batches as they
are, sorted by length, two dialogues at a time with gradient accumulation. All are padded to their longest example, as collators do.
"""

import json
import resource
import sys
import time

import numpy as np
import torch
from peft import LoraConfig, get_peft_model

from llama_gguf import NAMES, load, unpermute

TARGETS = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]


def set_adapter(model, values: np.ndarray, config) -> None:
    """The learner's flat vector: blocks in order, targets in order, A then B; B of q and k in llama.cpp's row order."""
    named, at = dict(model.named_parameters()), 0
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    with torch.no_grad():
        for block in range(config.num_hidden_layers):
            for target in TARGETS:
                prefix = f"base_model.model.model.layers.{block}.{NAMES[target]}"
                for part in ("lora_A", "lora_B"):
                    weight = named[f"{prefix}.{part}.default.weight"]
                    rows = values[at:at + weight.numel()].reshape(weight.shape)
                    at += weight.numel()
                    if part == "lora_B" and target in heads:
                        rows = unpermute(rows, heads[target])
                    weight.copy_(torch.from_numpy(np.ascontiguousarray(rows)))
    assert at == len(values)


def collate(items, pad: int = 0) -> dict:
    longest = max(len(i["prompt"]) + len(i["completion"]) for i in items)
    ids, labels, mask = [], [], []
    for item in items:
        tokens = item["prompt"] + item["completion"]
        padding = longest - len(tokens)
        ids.append(tokens + [pad] * padding)
        labels.append([-100] * len(item["prompt"]) + item["completion"] + [-100] * padding)
        mask.append([1] * len(tokens) + [0] * padding)
    return {"input_ids": torch.tensor(ids), "labels": torch.tensor(labels), "attention_mask": torch.tensor(mask)}


def gradients(model, items, at_once: int) -> float:
    """Accumulates the gradients of the mean over all completion tokens of the update; gives that mean."""
    total = sum(len(item["completion"]) for item in items)
    items, loss_sum = sorted(items, key=lambda item: len(item["prompt"]) + len(item["completion"])), 0.0
    for first in range(0, len(items), at_once):
        part = items[first:first + at_once]
        loss = model(**collate(part)).loss * (sum(len(item["completion"]) for item in part) / total)
        loss.backward()
        loss_sum += loss.item()
    return loss_sum


def held_out_loss(model, items) -> float:
    """Mean −log p of a completion token, one example at a time."""
    total, count = 0.0, 0
    with torch.no_grad():
        for item in items:
            n = len(item["completion"])
            total += model(**collate([item])).loss.item() * n
            count += n
    return total / count


def main() -> None:
    work, mode = json.load(open(sys.argv[1])), sys.argv[2]
    torch.set_num_threads(work["threads"])
    base = load(work["gguf"])
    base.set_attn_implementation("sdpa")
    model = get_peft_model(base, LoraConfig(r=work["rank"], lora_alpha=work["alpha"], lora_dropout=0, bias="none",
                                            target_modules=[NAMES[t].split(".")[1] for t in TARGETS]))
    set_adapter(model, np.fromfile(work["adapter"], dtype=np.float32), base.config)
    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, fused=True)
    losses, seconds = [], []
    for batch, rate in zip(work["grouped" if mode == "grouped" else "batches"], work["learningRates"]):
        started = time.perf_counter()
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad(set_to_none=True)
        loss = gradients(model, [work["items"][i] for i in batch], 2 if mode == "accumulated" else len(batch))
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        losses.append(loss)
        seconds.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    model.eval()
    print(json.dumps({"losses": losses, "seconds": seconds, "peakRssGb": peak, "heldOutLoss": held_out_loss(model, work["heldOut"])}))


if __name__ == "__main__":
    main()
