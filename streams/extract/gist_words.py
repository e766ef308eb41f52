"""What an article's words alone say of the violence it tells: the features that the learned models read beside grammar.

Called by `gist` and by the scripts that train its models. A year is "#y" and every other number "#", so that no date is learned by heart.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

import re2

_WORD = re.compile(r"[a-z][a-z'-]+|\d+")
# articles without any of these tell no violence of the kinds weighed here, and are not weighed; an assumption for speed
_ABOUT = re2.compile(
    r"(?i)"
    r"\b(?:attack|kill|murder|assassin|bomb|explo|dynamit|kidnap|abduct|hostage|shoot|shot|gun|massacre|terroris|guerrilla|rebel|militant|wound"
    r"|arson|sabotag|ambush|grenade|rocket|mortar|missile|death squad|blast|behead|execut|slain|slay|rob|loot|burn|ablaze|hijack|disappear|tortur)"
)
STEPS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # of a probability that another model reads


def about(text: str) -> bool:
    """Whether a text has a word of violence at all."""
    return _ABOUT.search(text if text.isascii() else text.encode("utf-8", "replace").decode()) is not None


def words(text: str) -> list[str]:
    """Words in small letters, numbers as signs."""
    return [_numeral(word) if word[0].isdigit() else word for word in _WORD.findall(text.lower())]


def _numeral(digits: str) -> str:
    return "#y" if len(digits) == 4 and digits[:2] in ("19", "20") else "#"


def of_sentence(text: Sequence[Sequence[str]], at: int, place: int) -> set[str]:
    """Features of a sentence from its words and those beside it: words, beginnings, pairs, pairs over a gap.

    Args:
        text: words of all sentences.
        at: index of this one.
        place: its place in the text, 0 first.
    """
    told = text[at]
    found = set(told)
    found.update([f"p:{word[:5]}" for word in told if len(word) > 5])
    if at:
        found.update([f"<{word}" for word in text[at - 1]])
    if at + 1 < len(text):
        found.update([f">{word}" for word in text[at + 1]])
    found.update([f"{one}_{other}" for one, other in pairwise(told)])
    found.update([f"{one}__{other}" for one, other in zip(told, told[2:], strict=False)])
    found.add(f"pos{min(place, 6)}")
    found.add(f"len{len(told) // 8}")
    return found


def of_article(told: Sequence[Sequence[str]], first: Sequence[str]) -> set[str]:
    """Features of an article from the words of its sentences and those of its first paragraph."""
    found: set[str] = set()
    for sentence in told:
        found.update(sentence)
        found.update([f"{one}_{other}" for one, other in pairwise(sentence)])
    found.update([f"1:{word}" for word in first])
    return found


def steps(name: str, probability: float) -> Iterator[str]:
    """The steps that a probability has passed, so that a linear model can bend."""
    for step in STEPS[: bisect_right(STEPS, probability)]:
        yield f"{name}>{step}"


def reached(name: str, probability: float) -> str:
    """The last step that a probability has passed."""
    passed = bisect_right(STEPS, probability)
    return f"{name}~{STEPS[passed - 1] if passed else 0}"
