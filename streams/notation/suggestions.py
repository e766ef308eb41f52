"""The end of an error text about an unknown word: what is allowed, and the nearest to what was written."""

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 32  # longer lists of allowed words are not printed whole


def suggest(word: str, allowed: Iterable[str]) -> str:
    """`; allowed: a, b; did you mean "a"?` as far as either can be said; a long list is left out."""
    known = list(allowed)
    listed = f"; allowed: {', '.join(known)}" if 0 < len(known) <= SHOWN else ""
    folded = {one.casefold().replace("_", "-"): one for one in known}
    near = get_close_matches(word.casefold().replace("_", "-"), folded, n=1, cutoff=0.6)
    return listed + (f'; did you mean "{folded[near[0]]}"?' if near else "")
