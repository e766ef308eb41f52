"""What a feed document says, whatever its form: the records between reading a document and making articles of it.

Made by `connectors.sources.feed_document` and `feed_others`, used by `feed_items`. Markup is unread, dates are as written.
"""

import re
from dataclasses import dataclass

# ISO 639-1; feeds also say "us" or "xx"
_CODES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
    en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu
    ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na
    nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so
    sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_LANGUAGES = frozenset(_CODES.split())
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as the document has it."""

    guid: str  # raw; "" for none
    link: str  # absolute where it could be resolved; "" for none
    raw_link: str  # as written, "" when not known
    title: str  # may hold markup
    summary: str  # markup
    content: str  # markup, "" when there is nothing but a summary
    language: str  # two letters, "" when not said
    published: str  # date string, "" for none
    updated: str
    whole: bool = True  # False: the document broke off inside it
    resolved_id: str = ""  # feedparser's own id, resolved against the base


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed that was read."""

    entries: tuple[Entry, ...]  # in document order
    fault: str = ""  # "truncated: …" or "ill-formed: …", "" when there was none


def language_code(said: object) -> str:
    """The two letters of a language tag such as "en-US", "" when it is none."""
    found = _LANGUAGE.fullmatch(str(said or ""))
    return found[1].lower() if found and found[1].lower() in _LANGUAGES else ""
