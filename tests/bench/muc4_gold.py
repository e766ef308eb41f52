"""What MUC-4's annotators said beside what the extractor sees: labels and features for the scripts that train its models.

Called by `train_real` and `train_roles`. Articles go through the real extractor; only its weigher is replaced by one that writes
down instead of weighing, so that a model is trained on what it will be asked.
"""

import json
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

sys.path.insert(0, str(Path(__file__).parents[2]))

import orjson

from connectors.sources.archive import article
from streams.extract import gist, packed
from streams.extract.parts import Candidate, Parts, head_word, merged
from streams.extract.parts import told as parts_told
from streams.extract.reader import load
from streams.extract.traits import Traits
from streams.records.flow import Article, Event

UNDATED = "1990-01-01"
INVENTED = Path(__file__).parent / "data" / "invented_muc.jsonl"  # in the corpus's manner; see the README there
DATA = (
    "MUC-3/MUC-4, DEV + TST1 + TST2, 1,500 news reports on Latin America 1988-1990 with incident templates, as in "
    "xinyadu/grit_doc_event_entity (commit d8212bc), data/muc/raw_files/muc34.tar.gz; features are words and facts of grammar; "
    "no text is kept"
)
VECTORS = "words' vectors from all-MiniLM-L6-v2 (Apache-2.0) gave head words their neighbours"
TYPES = {"ATTACK": "attack", "BOMBING": "explosions", "KIDNAPPING": "abduction", "ARSON": "arson", "ROBBERY": "looting"}
SLOTS = {
    "perpetrator_individual": "individual", "perpetrator_org": "organisation", "target_physical": "thing", "target_human": "person",
    "instrument": "instrument",
}  # fmt: skip


@dataclass(slots=True)
class Told:
    """One article with its key."""

    id: str
    article: Article
    incidents: list[dict[str, Any]]
    weighed: gist.Weighed
    events: tuple[Event, ...]
    unparsed: set[int]  # numbers of sentences that grammar did not ask for
    mentions: list[Candidate]  # of all sentences
    candidates: list[Candidate] = field(default_factory=list)  # set by `choose`
    required: set[str] = field(default_factory=set)  # kinds of incident that are to be reported
    allowed: set[str] = field(default_factory=set)  # and those that may be

    @property
    def invented(self) -> bool:
        """Whether it was written to learn from; no figure counts it."""
        return self.id.startswith("im")


class Recorder:
    """Stands where the weigher stands, has every sentence parsed and keeps what it is shown."""

    def __init__(self, parts: Parts, traits: Traits) -> None:
        self.parts = parts
        self.traits = traits
        self.seen: dict[str, Seen] = {}

    def read(self, told: Article, lines: Any, events: tuple[Event, ...]) -> "Seen":
        seen = self.seen[told.id] = Seen(gist.worded(lines, self.traits), events)
        return seen

    def wanted(self, seen: "Seen", unparsed: Any) -> Any:
        seen.unparsed = {line.number for line in unparsed}
        return unparsed

    def weigh(self, seen: "Seen", sheets: Any, events: tuple[Event, ...]) -> tuple[None, tuple[Event, ...]]:
        seen.mentions = [one for sheet in sheets for one in self.parts.mentions(sheet, parts_told(events))]
        return None, events


@dataclass(slots=True)
class Seen:
    """What the weigher is shown of one article."""

    weighed: gist.Weighed
    events: tuple[Event, ...]
    unparsed: set[int] = field(default_factory=set)  # numbers of sentences that grammar did not ask for
    mentions: list[Candidate] = field(default_factory=list)


def recorded(path: Path, cache: Path | None) -> list[Told]:
    """Every article of the file, read once; `cache` keeps the outcome for the next run."""
    if cache is not None and cache.exists():
        return pickle.loads(cache.read_bytes())
    told = _recorded([json.loads(line) for line in path.open(encoding="utf-8")])
    if cache is not None:
        cache.write_bytes(pickle.dumps(told))
    return told


def invented() -> list[Told]:
    """The articles that were written to learn from; no figure counts them."""
    return _recorded([_as_key(line) for line in INVENTED.open(encoding="utf-8")])


def _as_key(line: str) -> dict[str, Any]:
    """An invented article in the corpus's shape: here a filler is its spellings, there a record."""
    row = json.loads(line)
    for incident in row["incidents"]:
        incident["type_alternatives"] = [incident["type"]]
        for slot in SLOTS:
            incident[slot] = [{"strings": spellings, "optional": False} for spellings in incident.get(slot, [])]
    return row


def _recorded(lines: Sequence[dict[str, Any]]) -> list[Told]:
    extractor = load()
    recorder = Recorder(extractor.weigher.parts, extractor.weigher.traits)
    extractor.weigher = recorder  # type: ignore[assignment]
    articles = [article({**line, "published": line["date"] or UNDATED}) for line in lines]
    extractor.read(articles)
    found = []
    for line, each in zip(lines, articles, strict=True):
        if each.id in recorder.seen:
            seen = recorder.seen[each.id]
            told = Told(each.id, each, line["incidents"], seen.weighed, seen.events, seen.unparsed, seen.mentions)
            for incident in told.incidents:
                kinds = {TYPES[name] for name in incident["type_alternatives"] if name in TYPES}
                (told.allowed if incident["optional"] else told.required).update(kinds)
            found.append(told)
    return found


# ---------------------------------------------------------------------------------------------------------------- labels


def choose(told: Told) -> None:
    """Sets the candidates: phrases of the sentences that would be parsed, as the weighed sentences stand."""
    left_out = told.unparsed - gist.telling(told.weighed)
    told.candidates = merged([one for one in told.mentions if not one.sentences <= left_out])


def sentence_labels(told: Told) -> np.ndarray:
    """Per sentence and kind, whether it names a party to a required incident of that kind."""
    labels = np.zeros((len(told.weighed.sentences), len(gist.KINDS)))
    for incident in told.incidents:
        if incident["optional"]:
            continue
        names = [name.lower() for slot in SLOTS for filler in incident[slot] for name in filler["strings"]]
        kinds = [gist.KINDS.index(TYPES[name]) for name in incident["type_alternatives"] if name in TYPES]
        for number, sentence in enumerate(told.weighed.sentences):
            lowered = sentence.span.text.lower()
            if any(name in lowered for name in names):
                labels[number, kinds] = 1
    return labels


def article_labels(told: Told) -> list[int]:
    """Per kind 1, 0, or -1 where either answer is right."""
    return [1 if kind in told.required else -1 if kind in told.allowed else 0 for kind in gist.KINDS]


def part_labels(told: Told) -> list[list[int]]:
    """Per candidate and role 1, 0, or -1 where either answer is right."""
    heads: dict[str, tuple[set[str], set[str]]] = {role: (set(), set()) for role in gist.ROLES}
    for incident in told.incidents:
        for slot, role in SLOTS.items():
            for filler in incident[slot]:
                heads[role][incident["optional"] or filler["optional"]].update(head_word(name) for name in filler["strings"])
    return [[1 if c.key in sure else -1 if c.key in unsure else 0 for sure, unsure in heads.values()] for c in told.candidates]


# ------------------------------------------------------------------------------------------------------------- learning

LEAST = 0.01  # weights: a feature whose largest is smaller is left out


def folds(number: int, parts: int, seed: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Indices to learn from and to ask, article by article."""
    return KFold(parts, shuffle=True, random_state=seed).split(np.arange(number))


Row = tuple[set[str], set[str]]  # features as `packed.Packed.scores` takes them: plain ones, words


@dataclass(slots=True)
class Learner:
    """One logistic model a label over sets of named features.

    The prior is the same for all weights, so a column's scale is how far it is trusted: words count by their rarity and the length
    of their text, plain features `share` each. A plain feature that `vectors` has counts by its vector too; what vectors give is
    written as weights of features, those of words that no article has among them.
    """

    labels: Sequence[str]
    c: float  # inverse strength of regularisation
    least: int  # articles or sentences that a feature must occur in
    share: float = 1.0
    solver: str = "liblinear"  # "lbfgs" where the matrix is less empty
    vectors: tuple[Sequence[str], Any] = ((), None)  # plain features, and a row for each
    plain: Any = None
    words: Any = None
    rarity: Any = None  # per word, with the scale that gives rows a mean square of 1
    models: list[Any] = field(default_factory=list)

    def learn(self, rows: Sequence[Row], labels: np.ndarray) -> "Learner":
        """Fits; a label of -1 leaves a row out."""
        self.plain, self.words = self._counter(row[0] for row in rows), self._counter(row[1] for row in rows)
        counted = self._words(rows)
        seen = np.asarray((counted > 0).sum(axis=0)).ravel()
        self.rarity = np.log((1 + len(rows)) / (1 + seen)) + 1
        squares = (counted @ sparse.diags(self.rarity)).power(2).sum() / len(rows)
        self.rarity = self.rarity / np.sqrt(squares or 1.0)
        matrix = self._matrix(rows)
        for column in labels.T:
            known = column >= 0
            model = LogisticRegression(C=self.c, solver=self.solver, max_iter=300)
            self.models.append(model.fit(matrix[known], column[known]))
        return self

    def ask(self, rows: Sequence[Row]) -> np.ndarray:
        """Probability per row and label."""
        matrix = self._matrix(rows)
        return np.stack([model.predict_proba(matrix)[:, 1] for model in self.models], 1)

    def _counter(self, features: Iterable[set[str]]) -> Any:
        found = Counter(name for row in features for name in row)
        names = sorted(name for name, number in found.items() if number >= self.least)
        return CountVectorizer(analyzer=sorted, binary=True, vocabulary=names or ["-"], dtype=np.float64)

    def _words(self, rows: Sequence[Row]) -> Any:
        lengths = np.array([packed.length(len(words)) for _, words in rows])
        return sparse.diags(1 / lengths) @ self.words.transform([words for _, words in rows])

    def _matrix(self, rows: Sequence[Row]) -> Any:
        told = [plain for plain, _ in rows]
        blocks = [self.share * self.plain.transform(told), self._words(rows) @ sparse.diags(self.rarity)]
        names, table = self.vectors
        if names:
            pick = CountVectorizer(analyzer=sorted, binary=True, vocabulary=list(names), dtype=np.float64)
            blocks.append(pick.transform(told) @ sparse.csr_matrix(table))
        return sparse.hstack(blocks).tocsr()

    def write(self, name: str, made_by: str) -> None:
        """The model as a file of `streams/data`: packed when it has words, else one that may be read."""
        names = [*self.plain.get_feature_names_out(), *self.words.get_feature_names_out()]
        scales = np.concatenate([np.full(len(names) - len(self.rarity), self.share), self.rarity])
        learned = np.stack([model.coef_[0] for model in self.models]).T
        weights = learned[: len(names)] * scales[:, None]
        if self.vectors[0]:
            names, weights = folded(names, weights, self.vectors[0], self.vectors[1] @ learned[len(names) :])
        kept = [at for at in range(len(names)) if np.abs(weights[at]).max() >= LEAST]
        bias = [round(float(model.intercept_[0]), 3) for model in self.models]
        provenance = f"{made_by}; {DATA}" + (f"; {VECTORS}" if self.vectors[0] else "")
        if name in gist.PACKED:
            made = packed.pack(self.labels, bias, [names[at] for at in kept], weights[kept])
            content: dict[str, Any] = {"provenance": provenance, "models": {name: made}}
        else:
            rows = {
                names[at]: [[label, round(float(w), 3)] for label, w in enumerate(weights[at]) if abs(w) >= LEAST] for at in kept
            }
            content = {"provenance": provenance, "labels": list(self.labels), "bias": bias, "weights": rows}
        path = Path(__file__).parents[2] / "streams" / "data" / f"{name}.weights.json"
        path.write_bytes(orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE))
        print(f"{name}: {len(kept)} features, {path.stat().st_size / 1e6:.2f} MB")


def folded(names: Sequence[str], weights: np.ndarray, others: Sequence[str], given: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Weights by name with those that are `given` to `others` added; new names come last."""
    at = {name: place for place, name in enumerate(names)}
    new = [name for name in others if name not in at]
    whole = np.vstack([weights, np.zeros((len(new), weights.shape[1]))])
    at |= {name: len(names) + place for place, name in enumerate(new)}
    whole[[at[name] for name in others]] += given
    return [*names, *new], whole


def prf(right: float, said: float, wanted: float) -> tuple[float, float, float]:
    """Precision, recall and their F1."""
    p, r = right / said if said else 0.0, right / wanted if wanted else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def best_threshold(score: Callable[[float], float]) -> float:
    """The threshold with the highest score."""
    return max((score(t), t) for t in np.arange(0.05, 0.8, 0.025))[1]
