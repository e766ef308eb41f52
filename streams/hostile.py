"""Feed text made harmless before anybody shows it: render calls it for every word of an alert, sinks once more for their own.

Knows nothing of any vendor's markup (that is the sink's) and never judges content: it removes what is invisible, reorders
or breaks lines, and bounds the length.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

LINK_LIMIT_CHARS = 2000  # our own bound; Slack allows 3,000 in a URL, mail readers wrap far earlier
_JOINERS = "\u200c\u200d"  # Persian and Indic spelling and emoji need them; they neither reorder nor break lines
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"  # combining; stacked they spill over other lines
_STACKED = re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+")
_UNSAFE_IN_LINK = re.compile(r"[\s<>|\"'`\\^{}\x00-\x20\x7f]")


def tame(text: str, limit_chars: int = 3000) -> str:
    """`text` on one line, without control, direction and invisible characters, at most `limit_chars` long.

    Runs of white space become one blank; blanks at the ends stay, so that pieces of a sentence can be tamed one by one.
    A cut is shown by "…" as the last character.
    """
    head = text[: limit_chars * 4 + 4]  # bounds the work; what is folded away rarely is three quarters of a text
    kept = "".join(_visible(character) for character in head)
    folded = _STACKED.sub(r"\1", re.sub(r" {2,}", " ", kept))
    if len(folded) > limit_chars or len(head) < len(text):
        return folded[: limit_chars - 1].rstrip() + "…"
    return folded


def _visible(character: str) -> str:
    if character.isascii():
        return character if " " <= character <= "~" else " " if character.isspace() else ""
    category = unicodedata.category(character)
    if category[0] == "Z" or character.isspace():
        return " "
    return "" if category[0] == "C" and character not in _JOINERS else character


def tame_link(address: str) -> str:
    """The address, fit to be a link's target, or "" when it should not be one.

    Only http and https, with a host, without a user name before it ("https://reuters.com@evil.example" reads as another
    site), host names in their ASCII form, odd characters percent-encoded.
    """
    address = address.strip()
    if any(character < " " for character in address):  # urlsplit would drop line breaks without a word
        return ""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # UnicodeError is one
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc or _UNSAFE_IN_LINK.search(host):
        return ""
    path, query, fragment = (quote(part, safe="%/:=&?~#+!$,;@()*[]-._") for part in (parts.path, parts.query, parts.fragment))
    link = urlunsplit((parts.scheme.lower(), host + port, path, query, fragment))
    return link if len(link) <= LINK_LIMIT_CHARS else ""


def host_of(link: str) -> str:
    """The site a tamed link leads to, without "www."; "" for none."""
    return (urlsplit(link).hostname or "").removeprefix("www.")
