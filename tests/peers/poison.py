"""A language model that kills the process in which it reads one word: poison that no code of ours knows of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.settings.model import DEFAULT_MODEL

WORD = "Nightshade-Base"
NAME = "poisoned_model"
_CODE = f'''\
"""Made by a test."""

import os
import signal

import {DEFAULT_MODEL}


class Deadly:
    """The tokenizer of the model that it stands in for."""

    def __init__(self, inner):
        self.inner = inner

    def __call__(self, text):
        if "{WORD}" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.inner(text)

    def __getattr__(self, name):
        return getattr(self.inner, name)


def load(**options):
    nlp = {DEFAULT_MODEL}.load(**options)
    nlp.tokenizer = Deadly(nlp.tokenizer)
    return nlp
'''


@dataclass(frozen=True, slots=True)
class Model:
    """An installed spaCy pipeline, to processes that are started with this path."""

    name: str
    path: Path


@contextmanager
def poisoned(folder: Path) -> Iterator[Model]:
    """The model, as a package of its own."""
    (folder / NAME).mkdir(parents=True)
    (folder / NAME / "__init__.py").write_text(_CODE, encoding="utf-8")
    about = folder / f"{NAME}-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1\n", encoding="utf-8")
    yield Model(NAME, folder)
