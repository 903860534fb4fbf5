"""Makes test/peers/golden/losses.json: DPO, DPO + SFT, robust DPO and KTO as TRL computes them, with the gradient of every LoRA matrix.

    pip install -r test/peers/requirements.txt
    python test/peers/make_golden_losses.py

The losses are TRL's own methods (`DPOTrainer._compute_loss`, `KTOTrainer._compute_loss`) and collators, run in float32 on the
tiny model and adapter of make_golden.py; only the trainers' set-up (tokenizer, data set, loop) is left out.
"""

from collections import defaultdict
from types import SimpleNamespace

import numpy as np
import torch
from trl.trainer.dpo_trainer import DataCollatorForPreference, DPOTrainer
from trl.trainer.kto_trainer import DataCollatorForUnpairedPreference, KTOTrainer
from trl.trainer.utils import add_fused_lm_head

from make_golden import b64, flat, tiny_model, with_random_adapter, write

BETA, SFT_TERM, LABEL_NOISE, DESIRABLE, UNDESIRABLE = 0.3, 0.5, 0.2, 1.0, 1.5


def adapted_model():
    """The model and adapter of tiny.json."""
    model = with_random_adapter(tiny_model(save=False))
    add_fused_lm_head(model.get_base_model(), outputs=("log_probs", "entropy", "mean_logits", "is_top1"))
    return model


def trainer(model, **settings) -> SimpleNamespace:
    """What TRL's loss methods ask of their trainer."""
    accelerator = SimpleNamespace(device="cpu", gather=lambda x: x, gather_for_metrics=lambda x: x, unwrap_model=lambda m: m)
    return SimpleNamespace(model=model, ref_model=None, accelerator=accelerator, args=SimpleNamespace(gradient_checkpointing_kwargs=None),
                           aux_loss_enabled=False, precompute_ref_logps=False, beta=BETA, _total_train_tokens=0, _tp_size=1,
                           _metrics={"train": defaultdict(list), "eval": defaultdict(list)}, **settings)


def tokens(random, length: int) -> list[int]:
    return random.integers(0, 96, length).tolist()


def pairs() -> list[dict]:
    random = np.random.default_rng(5)
    lengths = [(5, 3, 4), (14, 6, 2), (3, 1, 1), (21, 4, 8)]
    return [{"prompt_ids": tokens(random, p), "chosen_ids": tokens(random, c), "rejected_ids": tokens(random, r)} for p, c, r in lengths]


def ratings() -> list[dict]:
    random = np.random.default_rng(6)
    lengths = [(5, 3), (14, 6), (3, 1), (21, 4), (8, 5)]
    rated = [{"prompt_ids": tokens(random, p), "completion_ids": tokens(random, c), "label": label}
             for (p, c), label in zip(lengths, [True, False, True, True, False])]
    # What KTOTrainer does to a batch: each prompt with the completion of the one before it.
    return [{**item, "KL_completion_ids": rated[i - 1]["completion_ids"]} for i, item in enumerate(rated)]


def case(model, compute, stub, batch) -> dict:
    model.zero_grad()
    loss = compute(stub, model, batch, False)
    loss.backward()
    return {"loss": loss.item(), "gradient": b64(flat(model, lambda p: p.grad)[::GRADIENT_STRIDE])}


GRADIENT_STRIDE = 3  # every third number of the gradient: enough to tell, and the file stays small


def main() -> None:
    model = adapted_model().train()
    preference = DataCollatorForPreference(pad_token_id=0)(pairs())
    unpaired = DataCollatorForUnpairedPreference(pad_token_id=0)(ratings())
    dpo = dict(ld_alpha=None, f_divergence_type="reverse_kl", use_weighting=False, label_smoothing=0.0)
    kto = trainer(model, calculate_KL=True, loss_type="kto", desirable_weight=DESIRABLE, undesirable_weight=UNDESIRABLE)
    kto._compute_kl_logps = lambda m, b: KTOTrainer._compute_kl_logps(kto, m, b)
    of_pairs = lambda **settings: case(model, DPOTrainer._compute_loss, trainer(model, **{**dpo, **settings}), preference)
    cases = {
        "dpo": of_pairs(loss_types=["sigmoid"], loss_weights=[1.0]),
        "dpoSft": of_pairs(loss_types=["sigmoid", "sft"], loss_weights=[1.0, SFT_TERM]),
        "robustDpo": of_pairs(loss_types=["robust"], loss_weights=[1.0], label_smoothing=LABEL_NOISE),
        "kto": case(model, KTOTrainer._compute_loss, kto, unpaired),
    }
    write("losses.json", {
        "beta": BETA, "sftTerm": SFT_TERM, "labelNoise": LABEL_NOISE, "desirable": DESIRABLE, "undesirable": UNDESIRABLE,
        "gradientStride": GRADIENT_STRIDE, "klBaseline": kto._metrics["train"]["kl"][0],
        "pairs": [{"prompt": p["prompt_ids"], "chosen": p["chosen_ids"], "rejected": p["rejected_ids"]} for p in pairs()],
        "ratings": [{"prompt": r["prompt_ids"], "completion": r["completion_ids"], "desirable": r["label"]} for r in ratings()],
        **cases,
    })


if __name__ == "__main__":
    main()
