"""The language model: texts to tokens, tokens to parsed sentences, in memory that does not grow.

Called by `sheets`; the only room that knows how a spaCy pipeline is run. Everything a text leaves behind (strings, lexemes,
tables of tokens) lives in one memory zone, which ends between two calls when it has grown large; parsed sentences must be done
with by then. What is done to a sentence depends on that sentence alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import accumulate
from typing import Any, NamedTuple

from spacy.attrs import HEAD, SENT_START
from spacy.pipeline import DependencyParser
from spacy.tokens import Doc

from streams.extract.attributes import Attributes
from streams.extract.tokens import Form, Tokens
from streams.extract.vectors import Vectors

BATCH = 64  # sentences the network sees at once; between 16 and 256 the time differs by a tenth (measured 2026-11)
AT_ONCE = 16  # sentences whose vectors are worked out together: what they take fits the processor's cache
MOST_STRINGS = 20_000  # new strings until a zone ends, some 5 MB; an assumption
UNUSED = ("ner", "senter", "entity_linker", "entity_ruler", "textcat", "textcat_multilabel", "spancat")


class Piece(NamedTuple):
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
        self._trees: list[Tokens] = []  # of the zone
        self._chunks: dict[str, list[tuple[str, int]]] = {}
        names = [name for name in nlp.pipe_names if name not in UNUSED]
        try:
            self._attributes = Attributes(nlp) if {"attribute_ruler", "lemmatizer"} <= set(names) else None
        except ValueError:  # an unusual ruler: spaCy's own way, which is slower and right
            self._attributes = None
        if self._attributes is not None:
            names = [name for name in names if name not in ("attribute_ruler", "lemmatizer")]
        try:
            self._vectors = Vectors(nlp.vocab, nlp.get_pipe("tok2vec").model) if "tok2vec" in names else None
        except ValueError:  # an unusual network
            self._vectors = None
        self._pipes = [nlp.get_pipe(name) for name in names if name != "tok2vec" or self._vectors is None]

    def verbs(self) -> tuple[Iterable[str], Mapping[str, Sequence[str]]]:
        """Lemmas of the verbs that the pipeline's lemmatizer lists, and irregular forms with their lemmas; empty without a list."""
        if "lemmatizer" not in self._nlp.pipe_names:
            return (), {}
        tables = self._nlp.get_pipe("lemmatizer").lookups
        return tables.get_table("lemma_index", {}).get("verb", ()), tables.get_table("lemma_exc", {}).get("verb", {})

    @contextmanager
    def zone(self) -> Iterator[None]:
        """Within it sentences may be parsed and read; after it no tree may be touched."""
        if not self._open:
            self._zone.enter_context(self._nlp.memory_zone())
            self._open = True
        try:
            yield
        finally:
            for tree in self._trees:
                tree.release()
            self._trees.clear()
            if len(self._nlp.vocab.strings) > self._most or len(self._chunks) > MOST_STRINGS:
                self._end()

    def _end(self) -> None:
        self._chunks.clear()
        if self._attributes is not None:
            self._attributes.forget()
        self._zone.close()
        self._open = False

    def tokens(self, text: str) -> list[Piece]:
        """The tokens of a text. A chunk between single spaces is cut alike wherever it stands, so each is cut once."""
        chunks = text.split(" ")
        if chunks != text.split():  # other white space is a token of its own
            return [Piece(token.text, token.idx, bool(token.whitespace_)) for token in self._nlp.tokenizer(text)]
        self._cut([chunk for chunk in chunks if chunk not in self._chunks])
        found: list[Piece] = []
        start = 0
        for chunk in chunks:
            *cut, (last, at) = self._chunks[chunk]
            for word, place in cut:
                found.append(Piece(word, start + place, False))
            found.append(Piece(last, start + at, True))
            start += len(chunk) + 1
        found[-1] = found[-1]._replace(spaced=False)
        return found

    def _cut(self, chunks: Sequence[str]) -> None:
        """Cuts new chunks, all in one text: to begin a text takes as long as a dozen words."""
        if not chunks:
            return
        ends, cut = iter(accumulate(len(chunk) + 1 for chunk in chunks)), iter(chunks)
        end = start = 0
        for token in self._nlp.tokenizer(" ".join(chunks)):
            at = token.idx
            if at >= end:
                start, end = end, next(ends)
                words = self._chunks[next(cut)] = []
            words.append((token.text, at - start))

    def parse(self, sentences: Sequence[tuple[Sequence[str], Sequence[bool]]]) -> list[Tokens]:
        """The parse of each sentence, given as words and whether a space follows each."""
        docs = [Doc(self._nlp.vocab, words=words, spaces=spaces) for words, spaces in sentences]
        if self._vectors is not None:
            for first in range(0, len(docs), AT_ONCE):
                rows = self._vectors.of(sentences[first : first + AT_ONCE])
                for doc, own in zip(docs[first : first + AT_ONCE], rows, strict=True):
                    doc.tensor = own  # where the other components look for it
        for first in range(0, len(docs), BATCH):
            batch = docs[first : first + BATCH]
            for pipe in self._pipes:
                if isinstance(pipe, DependencyParser) and pipe.cfg["beam_width"] == 1:
                    hang(pipe, batch)
                elif hasattr(pipe, "predict"):
                    pipe.set_annotations(batch, pipe.predict(batch))
                else:
                    batch = [pipe(doc) for doc in batch]
        trees = [self._tree(doc, spaces) for doc, (_, spaces) in zip(docs, sentences, strict=True)]
        self._trees.extend(trees)
        return trees

    def _tree(self, doc: Doc, spaces: Sequence[bool]) -> Tokens:
        """The parse of a sentence as plain objects."""
        forms = self._attributes.of(doc) if self._attributes is not None else [_form(token) for token in doc]
        rows = doc.to_array([HEAD, SENT_START]).astype("int64").tolist()
        starts = [place for place, (_, start) in enumerate(rows) if start == 1 and place]
        return Tokens(forms, spaces, [step for step, _ in rows], starts)


def hang(parser: DependencyParser, docs: Sequence[Doc]) -> None:
    """Sets trees by spaCy's own steps, all sentences a step at a time; its loop in C asks for the interpreter's lock at every number."""
    states = parser.moves.init_batch(docs)
    open_ = [state for state in states if not state.is_final()]
    if open_:
        scores = parser.model.predict(docs)
        while open_:
            open_ = parser.transition_states(open_, scores.predict(open_))
        scores.clear_memory()
    parser.set_annotations(docs, states)


def _form(token: Any) -> Form:
    return Form(token.text, token.lower_, token.lemma_, token.pos_, token.tag_, token.dep_)
