"""Whether the words around a deed tell it as news, by a learned model: the doubt that no grammar has.

Called by the reader once per article, behind `recall`. Grammar knows who does what; that "two engines shelled each other" is about
chess, and "assassinated by the critics" about a memoir, stands in the words around. The model looks at the
title and a few sentences, and at their words alone: kinds of weapons and sides, by which grammar found the deed, would make it agree.
It never adds an event and takes none away: what it takes for no news is `retold`, and no alert rests on it.
"""

from collections.abc import Sequence
from dataclasses import replace

from streams.extract import gist_words, packed
from streams.extract.drafts import Cluster
from streams.extract.packed import Models
from streams.extract.sheets import Line
from streams.records.flow import Telling

LEAST = 0.25  # chance below which a deed is no news; what that costs and gives stands in tests/bench/RESULTS.md
LEAST_DATED = 0.1  # the same for one with a day or hour of its own: those words are oftener a part of the news
FEWEST = 20  # words, fewer say too little to doubt a deed
BEFORE, BEHIND = 1, 2  # sentences around the one that tells the deed
# what the model learned to judge: violence, and of the rest these types; of the others it has seen too few
TYPES = frozenset(
    "force-against-protesters protest-with-intervention arrests threat claim ceasefire-announced ceasefire-broken coup emergency curfew "
    "border-closed airspace-closed embassy-closed evacuation-ordered".split()
)


class News:
    """Judges events with the weights of `streams/data/news.weights.json`."""

    def __init__(self, models: Models | None = None) -> None:
        self._model = (models if models is not None else packed.load("news")).models["news"]

    def judge(self, clusters: Sequence[Cluster], lines: Sequence[Line]) -> None:
        """Makes events `retold` that no mention tells among words of news; `lines`: all, in reading order."""
        for cluster in clusters:
            if not all(judged(draft.telling) for draft in cluster.drafts):
                continue
            least = LEAST if all(draft.telling.time is None for draft in cluster.drafts) else LEAST_DATED
            if all(self.doubts(around(lines, number), least) for number in sorted({draft.sentence for draft in cluster.drafts})):
                for draft in cluster.drafts:
                    draft.telling = replace(draft.telling, stage="retold", outcome=())

    def doubts(self, texts: Sequence[str], least: float = LEAST) -> bool:
        """Whether sentences are enough to judge by, and less likely than `least` to tell news."""
        told = words(texts)
        return sum(map(len, told)) >= FEWEST and self.chance(told) < least

    def chance(self, told: Sequence[Sequence[str]]) -> float:
        """How likely sentences, by their words, are to tell news of a kind that a desk asks for, 0 to 1."""
        return packed.logistic(self._model.scores(frozenset(), features(told)))[0]


def judged(telling: Telling) -> bool:
    """Whether a telling is of a deed that the model may judge: told as done, and not denied."""
    return telling.stage == "happened" and telling.standing != "denied" and (telling.path[0] == "violence" or telling.type in TYPES)


def around(lines: Sequence[Line], number: int) -> list[str]:
    """The title, and the sentences around the one of this number; behind the title the first ones."""
    titles = sum(line.where == "title" for line in lines)
    last = max(number, titles - 1) + BEHIND
    return [line.text for line in lines if line.where == "title" or number - BEFORE <= line.number <= last]


def words(texts: Sequence[str]) -> list[list[str]]:
    """The words of each sentence, as the model reads them."""
    return [gist_words.words(text) for text in texts]


def features(told: Sequence[Sequence[str]]) -> set[str]:
    """Words of sentences and pairs of them."""
    return gist_words.of_article(told, ())
