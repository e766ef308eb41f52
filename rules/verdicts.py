"""Three verdicts and how they combine: True it is so, False the text states otherwise, None the text does not state it.

For the judges of clauses (`rules.match`, `rules.traits`, `rules.distance`, `rules.words`).
"""

from collections.abc import Callable, Iterable


def every(verdicts: Iterable[bool | None]) -> bool | None:
    """False if one is, else None if one is, else True."""
    result: bool | None = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            result = None
    return result


def some(verdicts: Iterable[bool | None]) -> bool | None:
    """True if one is, else None if one is, else False."""
    result: bool | None = False
    for verdict in verdicts:
        if verdict is True:
            return True
        if verdict is None:
            result = None
    return result


def below(found: str, wanted: tuple[str, ...], is_a: Callable[[str, str], bool]) -> bool | None:
    """True at or below one of `wanted`; None above one, for then the text may mean it; else False."""
    if any(is_a(found, node) for node in wanted):
        return True
    return None if any(is_a(node, found) for node in wanted) else False
