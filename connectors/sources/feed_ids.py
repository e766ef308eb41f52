"""Article ids that survive what feeds do to themselves: a move of host, tracking parameters, one guid for all items.

Called by `connectors.sources.feed_items` with all items of one document, because a guid is only known to be shared when the
others are seen. Pure. Known gap: when a second item with an old guid appears, the first one gets its split id late and is
taken once more; feeds that share guids do it from the first day.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

LONGEST_GUID = 300  # characters kept as they are; longer ones, and ones with control characters, are hashed

# Parameters that say where a click came from, never what it shows. Names from publishers' feeds and from the lists of
# browsers and link cleaners (memory, 2026-11); a parameter not listed is kept, since a wrong one merges two articles.
_TRACKING = re.compile(
    r"utm_\w+|at_(?:medium|campaign|format|link\w*|bbc\w*|ptr\w*|custom\d|content|term)|ns_(?:mchannel|source|campaign|linkname|fee)"
    r"|mc_[ce]id|pk_\w+|piwik_\w+|mtm_\w+|hsa_\w+|_hs(?:enc|mi)|fb_\w+|(?:fb|g|dc|ms|y|tt|tw|g?br|w)clid|gclsrc|igsh(?:id)?|mkt_tok|xtor|ocid|ncid"
    r"|cmp(?:id)?|smid|smtyp|guccounter|traffic_source|feedtype|feedname|sr_share|__twitter_impression|wt\.mc_id|wt_mc|_ga|oly_\w+_id|rss_?id",
    re.IGNORECASE,
)
_TRACKING_FRAGMENT = re.compile(r"(?:xtor|utm_\w+|ref|at_\w+|ns_\w+|intcid|rss)=.*|rss|ref", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_UNSAFE = re.compile(r"""[\s<>"|\\^`{}]""")  # never legal in an address, and markup to somebody
_PORTS = {("http", "80"), ("https", "443")}


@dataclass(frozen=True, slots=True)
class Identity:
    """What one item offers to be known by."""

    guid: str  # raw; "" for none
    link: str  # raw when relative, else absolute; "" for none
    content: str  # fingerprint of its words


def canonical_link(link: str) -> str:
    """The link without tracking parameters, host in lower case, safe to stand in markup; "" unless it is absolute http or https."""
    link = link.strip()
    try:
        parts = urlsplit(link)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host or _CONTROL.search(link):
        return ""
    scheme = parts.scheme.lower()
    if ":" in host:
        host = f"[{host}]"
    place = host if port is None or (scheme, str(port)) in _PORTS else f"{host}:{port}"
    query = parts.query
    if query and any(_TRACKING.fullmatch(name) for name, _ in parse_qsl(query, keep_blank_values=True)):
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _TRACKING.fullmatch(name)]
        query = urlencode(kept)
    fragment = "" if _TRACKING_FRAGMENT.fullmatch(parts.fragment) else parts.fragment
    return _UNSAFE.sub(lambda found: quote(found.group(), safe=""), urlunsplit((scheme, place, parts.path or "/", query, fragment)))


def article_ids(feed: str, items: Sequence[Identity]) -> tuple[str, ...]:
    """One id for each item, in order; equal only for items that are equal in guid, link and words.

    A guid that stands alone in the document is the id; one that several items share is split by link, then by words. (Not by
    position: a new item on top would move all the others.)
    """
    guids = Counter(item.guid for item in items if item.guid)
    with_link = Counter((item.guid, _link_key(item.link)) for item in items)
    made = []
    for item in items:
        link = _link_key(item.link)
        if item.guid and guids[item.guid] == 1:
            parts = [item.guid]
        elif (item.guid or link) and with_link[item.guid, link] == 1:
            parts = [item.guid, link]
        else:
            parts = [item.guid, link, item.content]
        made.append(f"{feed}:{' '.join(_safe(part) for part in parts if part)}")
    return tuple(made)


def _link_key(link: str) -> str:
    """The link as identity: canonical and without scheme, so that a move to https is no move; a relative one as it stands."""
    return canonical_link(link).partition("://")[2] or link.strip()


def _safe(part: str) -> str:
    if len(part) <= LONGEST_GUID and not _CONTROL.search(part):
        return part
    return "blake2b-" + hashlib.blake2b(part.encode("utf-8", "replace"), digest_size=16).hexdigest()
