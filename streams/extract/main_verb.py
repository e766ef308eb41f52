"""What the main verb of a sentence says: the features that the sorter takes from the parse of an article's head.

Called by `sorter`. Follows "said that ..." down to what was said, and tells will, must, may and not apart: whoever will meet
has promised to, whoever must resign is asked to. Names are never features, only what they are names of.
"""

from collections.abc import Iterator, Sequence

from streams.extract.parsed import Parsed
from streams.extract.tokens import Token

SENTENCES = 3  # of the head, as many as are parsed
_REPORT = frozenset(
    "say announce tell report state add declare confirm reveal note claim quote write believe warn insist know show indicate".split()
)
_AUXILIARY = {
    "will": "will", "would": "will", "shall": "will", "'ll": "will", "wo": "will", "must": "must", "should": "must", "ought": "must", "may": "may", "might": "may", "could": "may",
    "can": "may", "ca": "may",
}  # fmt: skip
_OBJECTS = ("dobj", "attr", "acomp", "oprd", "dative")
_DEEPEST = 3  # reporting verbs, one below the other


def features(sheets: Sequence[Parsed]) -> set[str]:
    """Features of the first sentences; the first one's begin with "m:", the others' with "n:"."""
    found: set[str] = set()
    for number, parsed in enumerate(sheets[:SENTENCES]):
        root = next((token for token in parsed.tokens if token.head == token), None)
        if root is not None:
            found.update(f"{'n' if number else 'm'}:{one}" for one in _told(parsed, root))
    return found


def _told(parsed: Parsed, root: Token) -> Iterator[str]:
    verb, said = root, False
    for _ in range(_DEEPEST):
        below = next((c for c in verb.children if c.dep_ in ("ccomp", "parataxis") and c.pos_ in ("VERB", "AUX")), None)
        if below is None or verb.lemma_.lower() not in _REPORT:
            break
        verb, said = below, True
    lemma = _lemma(parsed, verb)
    mood = "".join(sorted({_AUXILIARY[c.lower_] for c in verb.children if c.dep_ == "aux" and c.lower_ in _AUXILIARY}))
    if any(c.dep_ == "neg" for c in verb.children):
        mood += "not"
    yield lemma
    yield f"mood {mood}"
    yield f"{mood} {lemma}"
    if said:
        yield "said"
    for child in verb.children:
        yield from _argument(parsed, lemma, child)


def _argument(parsed: Parsed, lemma: str, child: Token) -> Iterator[str]:
    word = _lemma(parsed, child)
    if child.dep_ in ("xcomp", "ccomp"):
        yield f"{lemma}>to"
        yield f"{lemma}>to {word}"
        yield f"to {word}"
        yield from (f"{lemma}>to>{_lemma(parsed, below)}" for below in child.children if below.dep_ == "dobj")
    elif child.dep_ in _OBJECTS:
        yield f"{lemma}>{word}"
        yield f"object {word}"
    elif child.dep_ == "prep":
        yield f"{lemma}>{child.lower_}"
        yield from (f"{lemma}>{child.lower_} {_lemma(parsed, below)}" for below in child.children if below.dep_ == "pobj")
    elif child.dep_ == "prt":
        yield f"{lemma} {child.lower_}"
    elif child.dep_ == "auxpass":
        yield f"passive {lemma}"
    elif child.dep_ in ("nsubj", "nsubjpass"):
        yield f"subject {word}"


def _lemma(parsed: Parsed, token: Token) -> str:
    """The lemma, or the kind of what a name names; the part of speech of any other name."""
    entity = parsed.names.get(token.i)
    if entity is not None:
        return f"={entity.kind}"
    return "=PROPN" if token.pos_ == "PROPN" else str(token.lemma_).lower()
