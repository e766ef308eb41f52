"""Stories: articles on one event by their words, whatever it is; two ways, for `tests.bench.dedup`.

Nothing that runs uses it: what is one incident is decided by extracted events (`streams.incidents.sameness`), and words did not
prove right often enough to overrule them. Both ways compare an article with a group as a whole, by the mean likeness to its
members, and never chain pairs.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Features = Mapping[str, float]

_STOP = """
the a an of to in on at for and or but is are was were be been being has have had do does did will would can
could may might with by from as it its he she they we i you his her their our your this that these those there
not no s t who which what when where how than then also said says say one two about after before into out over
up down more most other some such only own so if all any both each few just very am pm us them him me my
"""
STOP = frozenset(_STOP.split())
ENDINGS = ("ingly", "edly", "ings", "ing", "ies", "ed", "es", "s", "ly")  # longest first, off words that keep four letters
HEAD = 3  # lines that count more
_WORD = re.compile(r"[a-z0-9]+(?:[.,][0-9]+)*|[^\W\d_]+")
_NAME = re.compile(r"(?<![.?!`'\"] )(?<!^)\b[A-Z][a-z]+(?: [A-Z][a-z]+)*")  # not at the front of a sentence
_ADDRESS = re.compile(r"^http : .*$", re.MULTILINE)


def stem(word: str) -> str:
    """The word without an ending."""
    ending = next((each for each in ENDINGS if word.endswith(each) and len(word) - len(each) >= 4), "")
    return word[: len(word) - len(ending)]


def features(text: str, *, pairs: float, names: float, head: float) -> Counter[str]:
    """Stems, pairs of them in a row and capitalised names of a text, each with its weight, summed; addresses do not count.

    Args:
        head: how much more the first lines count.
    """
    found: Counter[str] = Counter()
    for number, line in enumerate(filter(str.strip, _ADDRESS.sub("", text).split("\n"))):
        weight = head if number < HEAD else 1.0
        words = [word for word in _WORD.findall(line.lower().replace("'s", "")) if len(word) > 1 or word.isdigit()]
        told = [stem(word) if word not in STOP else "" for word in words]
        for one, after in pairwise([*told, ""]):
            if one:
                found[one] += weight
            if one and after and pairs:
                found[f"{one} {after}"] += weight * pairs
        for name in _NAME.finditer(line) if names else ():
            found[f"name {name.group().lower()}"] += weight * names
    return found


def _strength(count: float) -> float:
    return 1 + math.log(count) if count >= 1 else count


# ------------------------------------------------------------------------------------------------------------ all at once


def likeness(documents: Sequence[Features]) -> NDArray[np.float64]:
    """Cosines of all pairs, weighted by rarity; what stands in one document only does not count."""
    from scipy.sparse import csr_matrix

    spread = Counter(key for each in documents for key in each)
    columns = {key: number for number, key in enumerate(key for key, count in spread.items() if count > 1)}
    rows, places, values = [], [], []
    for number, each in enumerate(documents):
        for key, count in each.items():
            if key in columns:
                rows.append(number)
                places.append(columns[key])
                values.append(_strength(count) * math.log((len(documents) + 1) / (spread[key] + 0.5)))
    matrix = csr_matrix((values, (rows, places)), shape=(len(documents), len(columns)))
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    norms[norms == 0] = 1
    scaled = matrix.multiply(1 / norms[:, None]).tocsr()
    return np.asarray((scaled @ scaled.T).toarray())


def at_once(alike: NDArray[np.float64], bounds: Sequence[float]) -> list[list[int]]:
    """For each bound the group of every document: groups are joined while the mean likeness of their members is above it."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    apart = np.clip(1 - (alike + alike.T) / 2, 0, None)
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform(apart, checks=False), "average")
    return [fcluster(tree, 1 - bound, "distance").tolist() for bound in bounds]


# -------------------------------------------------------------------------------------------------------- as they come


class Stream:
    """Groups of documents as they come: each joins the group it is most like, and groups that prove alike are joined later.

    Rarity is counted over stories and not over documents: what three hundred outlets say of one story is no common word.
    """

    def __init__(self, bound: float, *, every: int = 200, join: bool = True) -> None:
        self.bound = bound
        self.every = every  # documents between two looks at whether groups are alike
        self.join = join
        self.group_of: list[int] = []
        self._documents: list[Features] = []
        self._vectors: list[dict[str, float]] = []
        self._members: dict[int, list[int]] = {}
        self._sums: dict[int, defaultdict[str, float]] = {}
        self._keys: dict[int, set[str]] = {}
        self._with: defaultdict[str, set[int]] = defaultdict(set)  # groups by key
        self._refresh = 64  # documents until vectors are weighed anew; grows by a third each time

    def add(self, document: Features) -> int:
        """The group of the next document; it may be joined with another one later."""
        number = len(self._documents)
        self._documents.append(document)
        self._vectors.append(self._vector(document))
        shared: Counter[int] = Counter()
        for key, value in self._vectors[number].items():
            for group in self._with.get(key, ()):
                shared[group] += value * self._sums[group].get(key, 0.0)
        near = ((total / len(self._members[group]), -group) for group, total in shared.items())
        value, chosen = max(near, default=(0.0, 0))
        group = -chosen if value > self.bound else number
        self.group_of.append(group)
        self._put(group, number)
        if self.join and len(self._documents) >= self._refresh:
            self._refresh = self._refresh * 4 // 3
            self._weigh()
        if self.join and len(self._documents) % self.every == 0:
            self.settle()
        return group

    def settle(self) -> None:
        """Joins groups while two of them are alike."""
        while found := sorted(self._alike(), key=lambda each: (-each[0], each[1], each[2])):
            done: set[int] = set()
            for _, one, other in found:
                if done.isdisjoint((one, other)):
                    done |= {one, other}
                    self._merge(one, other)

    def _alike(self) -> list[tuple[float, int, int]]:
        found = []
        for one in sorted(self._members):
            shared: Counter[int] = Counter()
            for key, value in self._sums[one].items():
                for other in self._with[key]:
                    if other > one:
                        shared[other] += value * self._sums[other].get(key, 0.0)
            for other, total in shared.items():
                mean = total / (len(self._members[one]) * len(self._members[other]))
                if mean > self.bound:
                    found.append((mean, one, other))
        return found

    def _merge(self, one: int, other: int) -> None:
        for key in self._keys.pop(other):
            self._with[key].discard(other)
        del self._sums[other]
        for number in self._members.pop(other):
            self._put(one, number)
            self.group_of[number] = one

    def _put(self, group: int, number: int) -> None:
        self._members.setdefault(group, []).append(number)
        sums = self._sums.setdefault(group, defaultdict(float))
        for key, value in self._vectors[number].items():
            sums[key] += value
        keys = self._keys.setdefault(group, set())
        for key in self._documents[number].keys() - keys:
            keys.add(key)
            self._with[key].add(group)

    def _vector(self, document: Features) -> dict[str, float]:
        stories = len(self._members)
        found = {}
        for key, count in document.items():
            rarity = math.log((stories + 1) / (len(self._with.get(key, ())) + 0.5))
            found[key] = _strength(count) * max(0.05, rarity)
        norm = math.sqrt(sum(value * value for value in found.values())) or 1.0
        return {key: value / norm for key, value in found.items()}

    def _weigh(self) -> None:
        self._vectors = [self._vector(document) for document in self._documents]
        for group, members in self._members.items():
            sums: defaultdict[str, float] = defaultdict(float)
            for number in members:
                for key, value in self._vectors[number].items():
                    sums[key] += value
            self._sums[group] = sums
