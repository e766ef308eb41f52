"""The language model: texts to tokens, tokens to parsed sentences, in memory that does not grow.

Called by `sheets`; the only room that knows how a spaCy pipeline is run. Everything a text leaves behind (strings, lexemes,
tables of tokens) lives in one memory zone, which ends between two calls when it has grown large; parsed sentences must be done
with by then. What is done to a sentence depends on that sentence alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from spacy.tokens import Doc

from streams.extract.attributes import Attributes

BATCH = 64  # sentences the network sees at once; between 16 and 256 the time differs by a tenth (measured 2026-11)
MOST_STRINGS = 60_000  # new strings until a zone ends, some 15 MB; an assumption
UNUSED = ("ner", "senter", "entity_linker", "entity_ruler", "textcat", "textcat_multilabel", "spancat")


class Token(NamedTuple):
    """A word of a text before it is parsed."""

    text: str
    start: int  # in the text
    spaced: bool  # a space follows


class Model:
    """A spaCy pipeline for English, run sentence by sentence."""

    def __init__(self, nlp: Any) -> None:
        self._nlp = nlp
        self._zone = ExitStack()
        self._open = False
        self._most = len(nlp.vocab.strings) + MOST_STRINGS
        self._chunks: dict[str, list[tuple[str, int]]] = {}
        names = [name for name in nlp.pipe_names if name not in UNUSED]
        try:
            self._attributes = Attributes(nlp) if {"attribute_ruler", "lemmatizer"} <= set(names) else None
        except ValueError:  # an unusual ruler: spaCy's own way, which is slower and right
            self._attributes = None
        if self._attributes is not None:
            names = [name for name in names if name not in ("attribute_ruler", "lemmatizer")]
        self._pipes = [nlp.get_pipe(name) for name in names]

    @contextmanager
    def zone(self) -> Iterator[None]:
        """Within it documents may be made and read; after it none may be touched."""
        if not self._open:
            self._zone.enter_context(self._nlp.memory_zone())
            self._open = True
        try:
            yield
        finally:
            if len(self._nlp.vocab.strings) > self._most or len(self._chunks) > MOST_STRINGS:
                self._end()

    def _end(self) -> None:
        self._chunks.clear()
        if self._attributes is not None:
            self._attributes.forget()
        self._zone.close()
        self._open = False

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text. A chunk between single spaces is cut alike wherever it stands, so each is cut once."""
        chunks = text.split(" ")
        if chunks != text.split():  # other white space is a token of its own
            return [Token(token.text, token.idx, bool(token.whitespace_)) for token in self._nlp.tokenizer(text)]
        found: list[Token] = []
        start = 0
        for chunk in chunks:
            cut = self._chunks.get(chunk)
            if cut is None:
                cut = self._chunks[chunk] = [(token.text, token.idx) for token in self._nlp.tokenizer(chunk)]
            found.extend([Token(word, start + at, False) for word, at in cut])
            start += len(chunk) + 1
            if start <= len(text):
                found[-1] = found[-1]._replace(spaced=True)
        return found

    def parse(self, sentences: Sequence[tuple[Sequence[str], Sequence[bool]]]) -> list[Doc]:
        """A parsed document for each sentence, given as words and whether a space follows each."""
        docs = [Doc(self._nlp.vocab, words=words, spaces=spaces) for words, spaces in sentences]
        for first in range(0, len(docs), BATCH):
            batch = docs[first : first + BATCH]
            for pipe in self._pipes:
                if hasattr(pipe, "predict"):
                    pipe.set_annotations(batch, pipe.predict(batch))
                else:
                    batch = [pipe(doc) for doc in batch]
            if self._attributes is not None:
                for doc in batch:
                    self._attributes.set(doc)
        return docs
