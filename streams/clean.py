"""The cleaning room: feed markup to plain text, what to leave unread in it, and what makes two revisions the same.

Called by ingest (`from_html`, `plain_title`, `fingerprint`) and by the extractor (`masked`, `truecase`). Pure functions of
their arguments. Never edits a text that has offsets: boilerplate is masked, and true-casing keeps every character's place.
"""

import hashlib
import html as entities
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from lxml import html as markup


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# ------------------------------------------------------------------------------------------------------- HTML to text

# Elements whose text is never the article's. `del`, `s` and `strike` hold what the author took back.
DROPPED = _words(
    "script style noscript template iframe object embed svg math form button select textarea input nav head title audio "
    "video canvas map aside del s strike"
)
CAPTIONS = frozenset({"figcaption", "caption"})
# Elements that begin and end a paragraph; table cells and unknown elements run on.
BLOCKS = _words(
    "p div li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote section article main header footer address pre table tr hr figure "
    "figcaption caption body html details summary fieldset center"
)
TAG = re.compile(r"<(?:/?[a-zA-Z][\w:-]*(?:\s[^<>]*)?/?>|!--|!\[CDATA\[|[a-zA-Z][\w:-]*\s+[\w:-]+\s*=)")
ESCAPED_TAG = re.compile(
    r"&lt;/?(?:p|br|div|a|b|i|em|strong|span|ul|ol|li|img|h[1-6]|blockquote)\b[^<>]{0,500}?/?&gt;", re.IGNORECASE
)
PAGE = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Controls, soft hyphen, zero-width space and joiner marks, direction overrides: invisible, and used to hide or reorder words.
# The zero-width non-joiner stays: Persian spelling needs it.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff]")
SURROGATE = re.compile("[\ud800-\udfff]")


def from_html(html: str) -> str:
    """The text of a feed item or a page: paragraphs separated by a blank line, `<br>` a line break, other white space folded.

    Text without tags is taken as it is, entities decoded. Markup that was escaped twice is read. Scripts, styles, forms,
    hidden and deleted parts are gone, figure captions too unless there is nothing else. Never raises; "" when nothing is left.
    """
    source = _visible(html)
    if not TAG.search(source) and ESCAPED_TAG.search(source):
        source = entities.unescape(source)
    if not TAG.search(source):
        return _folded(_visible(entities.unescape(source)))
    if PAGE.search(source) and (page := _page_text(source)):
        return page
    tree = _tree(source)
    if tree is None:
        return _folded(_visible(entities.unescape(re.sub(r"<[^<>]*>?", " ", source))))
    text = _folded(_visible("".join(_walk(tree, DROPPED | CAPTIONS))))
    return text or _folded(_visible("".join(_walk(tree, DROPPED))))


def plain_title(html_or_text: str) -> str:
    """A title as one line of plain text; "" when nothing is left."""
    return " ".join(from_html(html_or_text).split())


def _visible(text: str) -> str:
    return INVISIBLE.sub("", SURROGATE.sub("\ufffd", text))


def _folded(text: str) -> str:
    paragraphs = re.split(r"\n[^\S\n]*\n\s*", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = ([" ".join(line.split()) for line in paragraph.split("\n")] for paragraph in paragraphs)
    return "\n\n".join(kept for paragraph in lines if (kept := "\n".join(line for line in paragraph if line)))


def _tree(source: str) -> markup.HtmlElement | None:
    parser = markup.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return markup.document_fromstring(source.encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _walk(tree: markup.HtmlElement, dropped: frozenset[str]) -> Iterator[str]:
    """Text and line breaks in document order; not recursive, since hostile markup nests deeper than the stack."""
    stack: list[tuple[markup.HtmlElement, bool]] = [(tree, True)]
    while stack:
        element, entering = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else "script"
        if not entering:
            yield "\n\n" if tag in BLOCKS else ""
            yield _flow(element.tail)
            continue
        if tag in dropped or element.get("hidden") is not None or HIDDEN.search(element.get("style") or ""):
            yield _flow(element.tail)
            continue
        yield "\n\n" if tag in BLOCKS else "\n" if tag == "br" else " " if tag in {"td", "th"} else ""
        yield (element.text or "") if tag == "pre" else _flow(element.text)
        stack.append((element, False))
        stack.extend((child, True) for child in reversed(element))


def _flow(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _page_text(source: str) -> str:
    """The main text of a whole page, "" when it does not look like one; navigation and comments left out."""
    import trafilatura  # heavy, and only whole pages need it

    found = trafilatura.extract(source, include_comments=False, include_tables=False)
    # Under 25 words trafilatura has more often dropped the item than found it (seen on feed fragments, 2024-04).
    return _folded(_visible(found.replace("\n", "\n\n"))) if found and len(found.split()) >= 25 else ""


# --------------------------------------------------------------------------------------------------------- boilerplate


@dataclass(frozen=True, slots=True)
class Mask:
    """Characters [start, end) of a text that are not its report."""

    start: int
    end: int
    kind: Literal["boilerplate", "caption"]  # captions are still read, as retold


# A cue rule removed 3 of 3 seed lines and hit 6 of 9,992 Guardian sentences, 5 of them real (facts/extraction.md section 7).
MOST_WORDS = 40
OUTLETS = r"(?:google|twitter|x|facebook|instagram|telegram|whatsapp|youtube|tiktok|linkedin|signal|threads|apple)"
LEAD = r"[\s\W_]*"
CUES = re.compile(
    LEAD
    + r"(?:see\s+(?:also|more\s*:)|read\s+(?:more(?!\s+than)|also|next|the\s+full)|also\s+read|more\s+(?:from|on\s+this|stories)\b"
    r"|read\s*(?::|\|)|watch\s*(?::|\|)|listen\s*(?::|\|)|related\s*(?::|stories|articles|news|topics|content|coverage)"
    r"|recommended\s*(?::|stories|for\s+you)|you\s+(?:may|might)\s+(?:also\s+)?like|trending|editors?['’]s?\s+picks?|don['’]t\s+miss"
    rf"|follow\s+(?:us\b|@|our\b|\S+(?:\s+\S+){{0,3}}\s+on\s+{OUTLETS}\b)"
    r"|join\s+(?:us\s+on|our\b|the\s+conversation|(?:the\s+|\S+\s+)?(?:whatsapp|telegram|signal)\b)"
    r"|subscribe\b|sign\s+up\b|get\s+(?:the\s+latest|our|breaking\s+news)|download\s+(?:the|our)\s+\S*\s*app|click\s+here|tap\s+here"
    r"|share\s+(?:this|on)\b|advertisement\b|sponsored\b|support\s+our\s+journalism|donate\b|copyright\b|©|\(c\)\s*\d{4}"
    r"|our\s+standards\s*:|(?:additional\s+)?reporting\s+by\b|(?:writing|editing)\s+by\b|with\s+(?:inputs?|files)\s+from\b"
    r"|published\s*(?::|on\b|at\b|\d)|(?:last\s+)?updated?\s*(?::|on\b|at\b|\d)|\d+\s+min(?:ute)?s?\s+read)",
    re.IGNORECASE,
)
TAILS = re.compile(
    r"(?:whatsapp\s+group|whatsapp\s+channel|telegram\s+channel\s+here|newsletters?|all\s+rights\s+reserved)[\s.!]*$", re.IGNORECASE
)
ENDINGS = re.compile(
    r"(?<=[.!?”\"’)\]])\s+(?=(?:see\s+also|(?:read\s+more|also\s+read|read\s+also)(?=\s*:)|follow\s+us\s+on|subscribe\s+to\s+our"
    r"|sign\s+up\s+for\s+our|click\s+here\s+to|join\s+our)\b)[^\n]{0,300}?(?:[.!?](?=\s|$)|(?=\n|$))",
    re.IGNORECASE,
)
CREDITS = re.compile(r"[(\[](?:additional\s+)?(?:reporting|writing|editing)\s+by\b[^()\[\]\n]{1,300}[)\]]", re.IGNORECASE)

PHOTO = r"(?:(?:file|handout|archive|ap|afp|reuters|epa|getty|stock|satellite)\s*)*(?:photo(?:graph)?s?|images?|pictures?|pic)"
CAPTION_LEAD = re.compile(
    LEAD
    + rf"(?:file\s*[-–—:]\s|file\s+(?:photo|picture|image|pic)s?\b|{PHOTO}\s*(?::|\||/|credit|courtesy|by\b)|caption\s*:|pictured\b"
    r"|(?:in\s+)?this\s+(?:[\w.,]+\s+){0,6}?(?:photo(?:graph)?|image|picture|handout|screengrab|frame\s+grab)\b|a\s+file\s+(?:photo|picture|image)\b)",
    re.IGNORECASE,
)
CREDIT_TAIL = re.compile(
    rf"(?:[(\[](?:{PHOTO}\b[^()\[\]\n]*|[^()\[\]\n]{{0,80}}\b(?:photo|file|via\s+(?:ap|reuters|afp|getty\s+images)|getty\s+images))[)\]]"
    r"|\b(?:REUTERS|AFP|AP|EPA|Getty\s+Images|Handout)\s*/\s*\S[^.\n]{0,80}|\bfile\s+photo)[\s.]*$",
    re.IGNORECASE,
)
CREDIT_INLINE = re.compile(
    rf"[(\[](?:{PHOTO}\s*(?::|\||/|credit|courtesy|by\b)[^()\[\]\n]*|(?:file|handout)\s+(?:photo|picture|image))[)\]]",
    re.IGNORECASE,
)


def masked(text: str) -> tuple[Mask, ...]:
    """What is not report in a text, in reading order, without overlaps; lines and bracketed credits, trimmed of white space."""
    masks: list[Mask] = []
    lines = [match for match in re.finditer(r"[^\n]+", text) if match.group().strip()]
    for line in lines:
        stripped = line.group().strip()
        start = line.start() + line.group().index(stripped)
        end = start + len(stripped)
        short = len(stripped.split()) < MOST_WORDS
        if short and (CUES.match(stripped) or TAILS.search(stripped)):
            masks.append(Mask(start, end, "boilerplate"))
        elif CAPTION_LEAD.match(stripped) or (len(lines) > 1 and _credited(stripped)):
            masks.append(Mask(start, end, "caption"))
        else:
            masks.extend(_inside(stripped, start))
    return tuple(masks)


def _credited(line: str) -> bool:
    return len(line.split()) < 2 * MOST_WORDS and CREDIT_TAIL.search(line) is not None


def _inside(line: str, start: int) -> list[Mask]:
    found = [Mask(start + hit.start(), start + hit.end(), "boilerplate") for hit in CREDITS.finditer(line)]
    found += [Mask(start + hit.start(), start + hit.end(), "caption") for hit in CREDIT_INLINE.finditer(line)]
    for hit in ENDINGS.finditer(line):
        words = hit.group()
        if len(words.split()) < MOST_WORDS:
            found.append(Mask(start + hit.end() - len(words.lstrip()), start + hit.end(), "boilerplate"))
    found.sort(key=lambda mask: (mask.start, -mask.end))
    return [mask for i, mask in enumerate(found) if not any(earlier.end > mask.start for earlier in found[:i])]


# --------------------------------------------------------------------------------------------------------- fingerprint

STAMPS = re.compile(
    r"\(?\b(?:(?:first\s+|last\s+)?(?:published|updated?|modified|posted)|as\s+of)\b\s*(?:on|at|:|-|–)?\s*"
    r"(?:(?:\d[\d:.,/-]*|[ap]\.?m\.?|gmt|utc|est|edt|ist|cet|ago|hours?|minutes?|mins?|days?|at|on"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\b[\s,.|]*){1,10}\)?",
    re.IGNORECASE,
)
WORD = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")


def fingerprint(title: str, text: str, summary: str) -> str:
    """32 hexadecimal digits; equal when title, text and summary differ in case, punctuation, white space, boilerplate,
    captions or time stamps only. A summary that the text already says does not count."""
    head, body, brief = _material(title), _material(_without_masks(text)), _material(_without_masks(summary))
    parts = [head, body, "" if f" {brief} " in f" {body} " else brief]
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _without_masks(text: str) -> str:
    kept, last = [], 0
    for mask in masked(text):
        kept.append(text[last : mask.start])
        last = mask.end
    return " ".join([*kept, text[last:]])


def _material(text: str) -> str:
    folded = unicodedata.normalize("NFKC", STAMPS.sub(" ", text)).casefold()
    folded = re.sub(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)|(?<=\d),(?=\d{3})|['’ʼ`]", "", INVISIBLE.sub("", folded))
    return " ".join(WORD.findall(folded))


# --------------------------------------------------------------------------------------------------------- true-casing

ACRONYMS = _words(
    "US USA UK UN EU UAE NATO IRGC IDF ISIS ISIL ISIS-K PKK PMF PMU SDF YPG YPJ HTS PLO PIJ AQAP AQIM TTP BLA FARC ELN RSF SAF LNA "
    "CENTCOM AFRICOM EUCOM FBI CIA NSA DOD UAV UAVS RPG RPGS IED IEDS VBIED USS HMS UNIFIL UNRWA UNHCR WFP ICRC IAEA OPEC IMF "
    "AFP AP BBC CNN DPA TASS IRNA SANA KCNA GMT UTC EST EDT F-15 F-16 F-35 B-52 MQ-9 AK-47 ATACMS HIMARS"
)
CAPITAL = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february april june july august september october november "
    "december jan feb apr aug sept oct nov dec"
)
TITLES = _words(
    "president minister premier chancellor general gen colonel col lieutenant lt major maj captain capt sergeant sgt admiral adm "
    "senator sen congressman rep governor gov ambassador sheikh ayatollah imam mullah king queen prince mr mrs ms dr"
)
# A word after a title is a name unless it is one of these.
NO_NAME = _words(
    "a an and as at by for from has have in is of on or said says that the to told was were who will with general minister staff "
    "secretary office officer officers but after before during"
)
# "US" after these is the pronoun. A guess: in upper case nothing else tells them apart.
PRONOUN_BEFORE = _words("let told tell gave give join help show asked ask lets")
TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-'’][^\W_]+)*")
STARTS = re.compile(r"(?:^|\n|[.!?…]['\"”’)\]]*\s+|[:–—-]\s+(?=[A-Z]{2,}))[\s'\"“‘(\[•*-]*$")


def is_upper_case(text: str) -> bool:
    """Whether more than 70 % of the letters that have case are capitals; never so below eight such letters."""
    upper = sum(1 for char in text if char.isupper())
    lower = sum(1 for char in text if char.islower())
    return upper + lower >= 8 and upper > 0.7 * (upper + lower)


def truecase(text: str, names: frozenset[str] = frozenset()) -> str:
    """The text in mixed case when it came in capitals, else the text itself; always of the same length.

    Args:
        text: any text.
        names: words and phrases to write as given, e.g. "Syria", "al-Asad", "Kataib Hezbollah"; matched in any case.
    """
    if not is_upper_case(text):
        return text
    index = _by_first_word(names)
    tokens = list(TOKEN.finditer(text))
    out = list(text)
    named_until, title_run = 0, 0
    for i, token in enumerate(tokens):
        word, low = token.group(), _lower(token.group())
        if token.start() < named_until:
            continue
        phrase = next((form for form in index.get(low, ()) if _stands(text, token.start(), form)), None)
        if phrase is not None:
            out[token.start() : token.start() + len(phrase)] = phrase
            named_until, title_run = token.start() + len(phrase), 0
            continue
        if title_run and low not in NO_NAME:
            cased, title_run = _capital(low), title_run - 1
        else:
            before = _lower(tokens[i - 1].group()) if i else ""
            starts = _starts(text, token.start(), before)
            cased, title_run = (
                _cased(word, low, before, starts=starts, digit_after=text[token.end() : token.end() + 2].strip()[:1].isdigit()),
                0,
            )
        if low in TITLES:
            title_run = 2
        out[token.start() : token.end()] = cased
    return "".join(out)


def _cased(word: str, low: str, before: str, *, starts: bool, digit_after: bool) -> str:
    if re.fullmatch(r"(?:[^\W\d_]\.){2,}", word):
        return low if low in {"a.m.", "p.m.", "e.g.", "i.e."} else word
    if word in ACRONYMS:
        return low if word == "US" and before in PRONOUN_BEFORE else word
    stem, _, rest = word.partition("-")
    if stem in ACRONYMS and rest:
        return stem + "-" + _lower(rest)
    possessive = re.fullmatch(r"(.+)(['’]S)", word)
    if possessive and possessive[1] in ACRONYMS:
        return possessive[1] + _lower(possessive[2])
    if starts or low in CAPITAL or (low in {"may", "march", "mar", "sep"} and digit_after) or (len(word) == 1 and word != "A"):
        return _capital(low)
    return low


def _starts(text: str, at: int, before: str) -> bool:
    window = text[max(0, at - 12) : at]
    if at > 12 and not STARTS.search(window[1:]):
        return False
    short = before.rstrip(".") in TITLES | CAPITAL or re.fullmatch(r"(?:[^\W\d_]\.){2,}", before) or len(before) == 1
    return bool(STARTS.search(window)) and not (short and "." in window[-3:] + before and "\n" not in window)


def _lower(text: str) -> str:
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _capital(low: str) -> str:
    first = low[:1].upper()
    return (first if len(first) == 1 else low[:1]) + low[1:]


def _stands(text: str, at: int, form: str) -> bool:
    end = at + len(form)
    return _lower(text[at:end]) == _lower(form) and not (text[end : end + 1].isalnum())


@lru_cache(maxsize=8)
def _by_first_word(names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for name in names:
        if first := TOKEN.match(name):
            index.setdefault(_lower(first.group()), []).append(name)
    return {word: tuple(sorted(forms, key=lambda form: (-len(form), form))) for word, forms in index.items()}
