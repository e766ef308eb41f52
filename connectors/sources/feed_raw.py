"""A second look at a feed's bytes, beside feedparser: raw guids, raw links, and whether the document broke off.

Called by `connectors.sources.feed_document`. feedparser resolves guids against the address or xml:base, so an article's id would
change when its feed moves; and it does not say which item was cut. This scanner knows tags, CDATA and comments and nothing
else: it expands no entities but the predefined ones and character references, so bombs have nothing to explode, it reads
ill-formed documents, and every search moves forward, so its time is linear in the document's length.
"""

import html
import re
from collections import Counter
from dataclasses import dataclass, field

ENTRIES = frozenset({"item", "entry"})
ROOTS = frozenset({"rss", "feed", "rdf", "channel", "urlset"})
# namespaces whose elements feedparser 6.0.14 takes for the feed's own; everything else is an extension
_OWN = frozenset(
    {
        "http://backend.userland.com/rss", "http://blogs.law.harvard.edu/tech/rss", "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/", "http://example.com/newformat#", "http://example.com/necho",
        "http://purl.org/echo/", "uri/of/echo/namespace#", "http://purl.org/pie/", "http://purl.org/atom/ns#",
        "http://www.w3.org/2005/atom", "http://purl.org/rss/1.0/modules/rss091#",
    }
)  # fmt: skip
_NAME = re.compile(r"/?([A-Za-z_][\w.-]*)(?::([A-Za-z_][\w.-]*))?")
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]++)\s*+=\s*(?:"([^"]*)"|'([^']*)')""")
_DECLARED = re.compile(r"""xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']""")
_SPECIAL = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))


@dataclass(slots=True)
class RawEntry:
    """What one item says of its identity, as written."""

    guid: str = ""  # guid, id or rdf:about, white space stripped; "" for none
    link: str = ""  # text of link, or href of the first alternate link; not resolved; "" for none
    whole: bool = False  # its end was seen


@dataclass(frozen=True, slots=True)
class Raw:
    """What the scanner saw of one document."""

    entries: tuple[RawEntry, ...]  # in document order, one for each item or entry begun
    ended: bool  # the root element was closed: False means that the document broke off


def scan(text: str) -> Raw:
    """The items of a document; never raises."""
    own = {prefix for prefix, address in _DECLARED.findall(text) if _is_own(address.strip().lower())}
    scanner = _Scanner(own | {""})
    position = 0
    while (start := text.find("<", position)) >= 0:
        scanner.text(text[position:start], escaped=True)
        special = next(((opening, closing) for opening, closing in _SPECIAL if text.startswith(opening, start)), None)
        if special:
            opening, closing = special
            end = text.find(closing, start + len(opening))
            if opening == "<![CDATA[" and end >= 0:
                scanner.text(text[start + 9 : end], escaped=False)
            position = end + len(closing)
        elif text.startswith("<!", start):
            end = _doctype_end(text, start)
            position = end + 1
        else:
            end = text.find(">", start)
            if end >= 0:
                scanner.tag(text[start + 1 : end])
            position = end + 1
        if end < 0:
            break
    return Raw(tuple(scanner.entries), scanner.ended)


def _is_own(address: str) -> bool:
    return address in _OWN or "backend.userland.com/rss" in address


def _doctype_end(text: str, start: int) -> int:
    end = text.find(">", start)
    subset = text.find("[", start, end) if end >= 0 else -1
    if subset < 0:
        return end
    closing = text.find("]", subset)
    return text.find(">", closing) if closing >= 0 else -1


@dataclass(slots=True)
class _Scanner:
    own: set[str]
    entries: list[RawEntry] = field(default_factory=list)
    ended: bool = False
    entry: RawEntry | None = None
    inner: list[str] = field(default_factory=list)  # elements open inside the entry, outermost first
    opened: Counter[str] = field(default_factory=Counter)  # the same by name: a search in `inner` would be quadratic
    kept: list[str] | None = None  # pieces of the identity element being read
    kind: str = ""  # which one: "guid" or "link"

    def text(self, piece: str, *, escaped: bool) -> None:
        if self.kept is not None:
            self.kept.append(html.unescape(piece) if escaped else piece)

    def tag(self, inside: str) -> None:
        found = _NAME.match(inside)
        if not found:
            return
        prefix, name = (found[1], found[2]) if found[2] else ("", found[1])
        name = name.lower() if prefix in self.own or (name.lower() == "rdf") else f"{prefix}:{name}".lower()
        if inside.startswith("/"):
            self._close(name)
            return
        self._open(name, inside[found.end() :])
        if inside.endswith("/"):
            self._close(name)

    def _open(self, name: str, attributes: str) -> None:
        if name in ENTRIES:
            if self.entry is not None:
                self.entry.whole = True  # not closed, but another one begins
            self.entry = RawEntry()
            self._forget()
            self.entries.append(self.entry)
            self.entry.guid = html.unescape(_attributes(attributes).get("rdf:about", "")).strip()
            return
        if self.entry is None:
            return
        if not self.inner and name in {"guid", "id"}:
            self.kept, self.kind = [], "guid"
        elif not self.inner and name == "link":
            told = _attributes(attributes)
            if "href" in told and told.get("rel", "alternate") == "alternate":
                self.entry.link = self.entry.link or html.unescape(told["href"]).strip()
            self.kept, self.kind = [], "link"
        self.inner.append(name)
        self.opened[name] += 1

    def _close(self, name: str) -> None:
        if name in ROOTS and self.entry is None:
            self.ended = True
        if self.entry is None:
            return
        if name in ENTRIES:
            self.entry.whole, self.entry = True, None
            self._forget()
        elif name in ROOTS and not self.opened[name]:
            self.ended, self.entry.whole, self.entry = True, True, None
        elif self.opened[name]:
            closed = ""
            while closed != name:
                closed = self.inner.pop()
                self.opened[closed] -= 1
            if not self.inner and self.kept is not None:
                said = "".join(self.kept).strip()
                self.kept = None
                if said and self.kind == "guid":
                    self.entry.guid = said
                elif said:
                    self.entry.link = self.entry.link or said

    def _forget(self) -> None:
        self.inner, self.opened, self.kept = [], Counter(), None


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(text)}
