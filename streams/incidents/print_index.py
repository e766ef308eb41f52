"""Prints by key, in plain dicts: what `streams.memory` looks copies up in; the store's twin is `streams.store.prints`."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from streams.records.prints import Print


class PrintIndex:
    """The prints of the articles published last."""

    def __init__(self) -> None:
        self._prints: dict[str, Print] = {}
        self._holders: dict[int, tuple[str, ...]] = {}  # by key: articles whose print has it
        self._by_time: list[tuple[datetime, str]] = []

    def __len__(self) -> int:
        return len(self._prints)

    def put(self, print: Print) -> None:
        """Keeps an article's print, in place of an earlier one."""
        self.drop(print.article)
        self._prints[print.article] = print
        insort(self._by_time, (print.published, print.article))
        for key in print.keys:
            self._holders[key] = (*self._holders.get(key, ()), print.article)

    def drop(self, article: str) -> None:
        """Forgets an article's print; nothing happens where there is none."""
        print = self._prints.pop(article, None)
        if print is None:
            return
        del self._by_time[bisect_left(self._by_time, (print.published, article))]
        self._let_go(print)

    def forget(self, before: datetime) -> None:
        """Forgets the prints of all that was published before a moment."""
        end = bisect_left(self._by_time, (before, ""))
        for _, article in self._by_time[:end]:
            self._let_go(self._prints.pop(article))
        del self._by_time[:end]

    def sharing(self, keys: Sequence[int], start: datetime, end: datetime, limit: int) -> tuple[tuple[Print, int], ...]:
        """Prints of what was published in [start, end] that have any of the keys, and how many: most first, then by article."""
        shared = Counter(chain.from_iterable(filter(None, map(self._holders.get, keys))))
        found = [(-count, name) for name, count in shared.items() if start <= self._prints[name].published <= end]
        return tuple((self._prints[name], -count) for count, name in sorted(found)[:limit])

    def _let_go(self, print: Print) -> None:
        for key in print.keys:
            held = self._holders.pop(key)
            if len(held) > 1:
                self._holders[key] = tuple(name for name in held if name != print.article)
