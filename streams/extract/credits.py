"""Which outlets an article rests on: a dateline's agency, a sign-off, "told Reuters", "according to AFP", "Meridian Wire reported".

Called by the reader for every article, read or not; needs no model. A name counts when the knowledge lists it as an outlet, or when it
ends as outlets' names do ("Meridian Wire"). Credits in the title, the head of the text, the dateline and the sign-off speak for the
whole article, one further down for its own sentence: "AFP reported last year" says nothing of today's rockets.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from streams.clean import masked
from streams.extract import sentences
from streams.extract.cues import Cue
from streams.knowledge.world import Knowledge
from streams.records.flow import Article
from streams.records.prints import Credit

HEAD = 3  # sentences in which a story says whose it is
_LAST = 400  # characters at the end in which a sign-off stands

_WORD = r"[A-Z][\w&'’-]*"
_NAME = rf"(?:[Tt]he\s+)?(?P<name>{_WORD}(?:\s+(?:of\s+)?{_WORD}|\s+24){{0,4}})"
# in the order of reading: cue before the name, name before the cue
_TOLD = Cue(
    r"\b(?i:told|tells|informed|speaking\s+to|spoke\s+to|interview\s+(?:with|to)|statements?\s+(?:sent\s+|emailed\s+|e-mailed\s+|provided\s+)?to"
    r"|according\s+to(?:\s+a\s+report\s+(?:by|from|in|on))?|(?:reported|cited|quoted|seen|obtained|reviewed|verified|carried|published|compiled|witnessed)\s+by"
    rf"|confirmed\s+to|citing|cited|quoting|quoted|reports?\s+(?:by|from))\s+{_NAME}"
)
_SAYS = Cue(
    rf"{_NAME}(?:\s+(?:news\s+agency|agency|newspaper|news\s+site|TV|television|website))?,?\s+"
    r"(?:has\s+|had\s+|also\s+)?(?:reported|reports|quoted|quotes|cited|cites|revealed|reveals)\b"
)
_SAYING = ("report", "quote", "cite", "reveal")  # one of these stands in what the last pattern finds
_SIGNED = Cue(
    rf"\b(?i:(?:with\s+)?(?:inputs?|files?|contributions?|material|reporting|agency\s+reports?)\s+(?:by|from)|source\s*:|courtesy\s+of|via)\s+{_NAME}"
    rf"|(?P<contributed>{_WORD}(?:\s+{_WORD}){{0,3}})\s+contributed\s+to\s+this\b"
    r"|Our\s+Standards:\s+The\s+(?P<standards>Thomson\s+Reuters)\b|(?:©|\(c\)|[Cc]opyright)\s*(?:\d{4}\s+)?(?:[Tt]he\s+)?"
    rf"(?P<owner>{_WORD}(?:[\s-]+{_WORD}){{0,3}})"
)
_TITLED = Cue(rf"\s[-–—|:]\s*(?P<name>{_WORD}(?:\s+{_WORD}){{0,3}})\s*$|^(?P<front>{_WORD}(?:\s+{_WORD}){{0,2}}):\s")
_AGENCY = Cue(r"\((?P<agency>[^()]+)\)")
_OUTLET = frozenset(
    "agency broadcasting channel chronicle courier daily dispatch gazette guardian herald journal ledger mail mirror network news newswire observer "
    "post press radio record reporter standard star sun telegraph television times today tribune tv wire world".split()
)
_HOSTS = {
    "reuters.com": "Reuters",
    "apnews.com": "AP",
    "afp.com": "AFP",
    "france24.com": "France 24",
    "xinhuanet.com": "Xinhua",
    "tass.com": "TASS",
}


@dataclass(frozen=True, slots=True)
class Creditor:
    """Finds credits."""

    knowledge: Knowledge

    def credits(self, article: Article, text: Sequence[sentences.Sentence] | None = None) -> tuple[Credit, ...]:
        """Every outlet credited, once for each place, those of the whole article first, by name; `text`: its sentences, where they are known."""
        split = sentences.split(article.text, masked(article.text)) if text is None else text
        return tuple(sorted(set(self._found(article, split)), key=lambda one: (one.end > 0, one.name, one.start, one.end)))

    def outlet(self, words: str) -> str | None:
        """The name by which an outlet goes, "AFP" for "Agence France-Presse"; None when it is none."""
        known = next((hit for hit in self.knowledge.mentions(words) if hit.start == 0 and hit.entity.kind == "media"), None)
        if known is not None:
            return _short(known.entity.name, known.entity.aliases)
        last = words.rsplit(maxsplit=1)[-1].lower() if words.split() else ""
        return words if last in _OUTLET and len(words.split()) > 1 else None

    def _found(self, article: Article, text: Sequence[sentences.Sentence]) -> Iterator[Credit]:
        host = (urlsplit(article.url).hostname or "").removeprefix("www.") if article.url else ""
        if host in _HOSTS:
            yield Credit(name=_HOSTS[host])
        yield from self._whole(_TITLED, article.title)
        yield from self._whole(_TOLD, article.title)
        said = _SAYS.may(article.text) and any(cue in article.text for cue in _SAYING)
        for number, one in enumerate(text if said or _TOLD.may(article.text) else [one for one in text if one.dateline]):
            agency = _AGENCY.search(one.dateline)
            for name in re.split(r"[/,]|\band\b", agency["agency"]) if agency else ():
                yield from self._named(name)
            for pattern in (_TOLD, _SAYS) if said and any(cue in one.text for cue in _SAYING) else (_TOLD,):
                for hit in pattern.finditer(one.text):
                    yield from self._named(hit["name"], *(() if number < HEAD else (one.start, one.end)))
        yield from self._whole(_SIGNED, article.text[-_LAST:])

    def _whole(self, pattern: Cue, text: str) -> Iterator[Credit]:
        for hit in pattern.finditer(text):
            for words in filter(None, hit.groups()):
                yield from self._named(words)

    def _named(self, words: str, start: int = 0, end: int = 0) -> Iterator[Credit]:
        """The credit of the outlet that the words begin with; a shorter beginning where the whole is no outlet's name."""
        parts: Sequence[str] = words.removeprefix("The ").removeprefix("the ").split()
        for count in range(len(parts), 0, -1):
            name = self.outlet(" ".join(parts[:count]).removesuffix("'s").removesuffix("’s"))
            if name is not None:
                yield Credit(name=name, start=start, end=end)
                return


def _short(name: str, aliases: Sequence[str]) -> str:
    """An agency's letters where its name has several words: "AP"; else the name."""
    letters = (alias for alias in aliases if alias.isupper() and 2 <= len(alias) <= 4)
    return next(letters, name) if " " in name else name
