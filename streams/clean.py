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
from typing import Any, Literal

import re2
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
CAPTIONS = _words("figcaption caption")
# Elements that begin and end a paragraph; table cells and unknown elements run on.
BLOCKS = _words(
    "p div li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote section article main header footer address pre table tr hr figure "
    "figcaption caption body html details summary fieldset center"
)
TAG = re.compile(r"<(?:/?[a-zA-Z][\w:-]*(?:\s[^<>]*)?/?>|!--|!\[CDATA\[|[a-zA-Z][\w:-]*\s+[\w:-]+\s*=)")
ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|div|a|b|i|em|strong|span|[uo]l|li|img|h[1-6])\b[^<>]{0,500}?/?&gt;", re.IGNORECASE)
PAGE = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
UNREAD = re.compile(r"<(script|style|template)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)", re.IGNORECASE | re.DOTALL)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Controls, soft hyphen, zero-width space and joiner marks, direction overrides: invisible, and used to hide or reorder words.
# The zero-width non-joiner stays: Persian spelling needs it.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff]")
PLAIN = re.compile("[\t\n\r\x20-\x7e]*")
SURROGATE = re.compile("[\ud800-\udfff]")


def from_html(html: str) -> str:
    """The text of a feed item or a page: paragraphs separated by a blank line, `<br>` a line break, other white space folded.

    Text without tags is taken as it is, entities decoded. Markup that was escaped twice is read. Scripts, styles, forms,
    hidden and deleted parts are gone, figure captions too unless there is nothing else. Never raises; "" when nothing is left.
    """
    if "<" not in html and "&" not in html and "]]>" not in html:
        return _folded(_visible(html))
    source = re.sub(r"<!\[CDATA\[|\]\]>", "", _visible(html))
    if not TAG.search(source) and ESCAPED_TAG.search(source):
        source = entities.unescape(source)
    if not TAG.search(source):
        return _folded(_visible(entities.unescape(source)))
    if PAGE.search(source) and (page := _page_text(source)):
        return page
    if (tree := _tree(source)) is None:
        return _folded(_visible(entities.unescape(re.sub(r"<[^<>]*>?", " ", UNREAD.sub(" ", source)))))
    text = _folded(_visible("".join(_walk(tree, DROPPED | CAPTIONS))))
    return text or _folded(_visible("".join(_walk(tree, DROPPED))))


def plain_title(html_or_text: str) -> str:
    """A title as one line of plain text; "" when nothing is left."""
    return " ".join(from_html(html_or_text).split())


def _visible(text: str) -> str:
    if text.isascii() and PLAIN.fullmatch(text):
        return text
    return INVISIBLE.sub("", SURROGATE.sub("\ufffd", text))


def _folded(text: str) -> str:
    paragraphs = re.split(r"\n[^\S\n]*\n\s*", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = ([" ".join(line.split()) for line in paragraph.split("\n")] for paragraph in paragraphs)
    return "\n\n".join(kept for paragraph in lines if (kept := "\n".join(line for line in paragraph if line)))


def _tree(source: str) -> markup.HtmlElement | None:
    """The parsed markup; None when it cannot be parsed to its end."""
    parser = markup.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = markup.document_fromstring(source.encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    # Below some 2,000 levels libxml2 stops reading, and says so only here.
    return None if any(entry.level_name == "FATAL" for entry in parser.error_log) else tree


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
    LEAD + r"(?:see\s+(?:also|more\s*:)|read\s+(?:more(?!\s+than)|also|next|the\s+full)|also\s+read|(?:read|watch|listen)\s*[:|]"
    r"|more\s+(?:from|on\s+this|stories)(?:\s+[\w'’]+){0,5}\W*$|related\s*(?::|stories|articles|news|topics|content|coverage)"
    r"|recommended\s*(?::|stories|for\s+you)|you\s+(?:may|might)\s+(?:also\s+)?like|trending\b|editors?['’]s?\s+picks?|don['’]t\s+miss"
    rf"|follow\s+(?:us\b|@|our\b|\S+(?:\s+\S+){{0,3}}\s+on\s+{OUTLETS}\b)"
    r"|join\s+(?:us\s+on|our\b|the\s+conversation|(?:the\s+|\S+\s+)?(?:whatsapp|telegram|signal)\b)"
    r"|subscribe\b|sign\s+up\b|get\s+(?:the\s+latest|our|breaking\s+news)|download\s+(?:the|our)\s+\S*\s*app|(?:click|tap)\s+here"
    r"|share\s+(?:this|on)\b|advertisement\b|sponsored(?:\s+(?:content|post))?\W*$|support\s+our\s+journalism|copyright\b|©"
    r"|\(c\)\s*\d{4}|our\s+standards\s*:|(?:additional\s+)?reporting\s+by\b|(?:writing|editing)\s+by\b|with\s+(?:inputs?|files)\s+from\b"
    r"|\d+\s+min(?:ute)?s?\s+read\b)",
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
# "This story has not been edited by … staff and is published from a syndicated feed.", under the dispatches of many papers.
DISCLAIMERS = re.compile(
    r"[(\[*\s]*(?:except\s+for\s+the\s+headline,?\s+)?th(?:is|e)\s+(?:story|article|report|copy|item|content)\b[^\n]{0,120}?\b"
    r"(?:(?:syndicated|agency|wire)\s+(?:news\s+)?feed|(?:not|never)\s+(?:been\s+)?(?:edited|modified|reviewed)\s+by\b|auto-?\s?generated\b)",
    re.IGNORECASE,
)
CREDITS = re.compile(r"[(\[](?:additional\s+)?(?:reporting|writing|editing)\s+by\b[^()\[\]\n]{1,300}[)\]]", re.IGNORECASE)

PHOTO = r"(?:(?:file|handout|archive|ap|afp|reuters|epa|getty|stock|satellite)\s*)*(?:photo(?:graph)?s?|images?|pictures?|pic)"
CREDITED = rf"{PHOTO}\s*(?:[:|/]|credit|courtesy|by\b)"
FILED = re.compile(r"\bfile(?:\s*[-–—:]\s|\s+(?:photo|picture|image|pic)s?\b)", re.IGNORECASE)
CAPTION_LEAD = re.compile(
    rf"[^\w(\[]*(?:{FILED.pattern}|a\s+file\s+photo|{CREDITED}|caption\s*:|pictured\b"
    r"|(?:in\s+)?this\s+(?:[\w.,]+\s+){0,6}?(?:photo(?:graph)?|image|picture|handout|screengrab|frame\s+grab)\b)",
    re.IGNORECASE,
)
CREDIT_TAIL = re.compile(
    r"(?:[(\[](?:AP\s+Photo\b[^()\[\]\n]*|[^()\[\]\n]{0,80}\b(?:photo|file|via\s+(?:ap|reuters|afp|getty\s+images)|getty\s+images))[)\]]"
    r"|\b(?:REUTERS|AFP|AP|EPA|Getty\s+Images|Handout)\s*/\s*\S[^.\n]{0,80}|\bfile\s+photo"
    r"|\bin\s+this\s+(?:(?:file|handout|undated|satellite)\s+)*(?:photo(?:graph)?|picture|image)\b[^.\n]{0,60})[\s.]*$",
    re.IGNORECASE,
)
CREDIT_INLINE = re.compile(rf"[(\[](?:{CREDITED}[^()\[\]\n]*|(?:file|handout)\s+(?:photo|picture|image))[)\]]", re.IGNORECASE)


def _hint() -> Any:
    """What a mask cannot be without, found in one pass: a first word of CUES at the front of a line, or a word of the others.

    RE2 knows white space and word edges of ASCII only, so text with other letters or controls is always looked at more closely.
    """
    fronts = (
        "see|read|also|watch|listen|more|related|recommended|you|trending|editors?|don|follow|join|subscribe|sign|get|download|click|tap"
        "|share|advertisement|sponsored|support|copyright|our|additional|reporting|writing|editing|with"
    )
    inside = (
        r"published|updated|modified|posted|as\s+of|file|caption|pictured|handout|screengrab|grab|getty|via\s+(?:ap|reuters|afp)"
        r"|(?:reporting|writing|editing|edited|modified|reviewed)\s+by|syndicated|agency\s+(?:news\s+)?feed|wire\s+(?:news\s+)?feed|generated|see\s+also|also\s+read|read\s+(?:more|also)|follow\s+us|subscribe\s+to|sign\s+up|click\s+here|join\s+our"
        r"|(?:reuters|afp|ap|epa)\s*/"
    )
    anywhere = r"whatsapp|telegram|newsletter|rights\s+reserved|photo|image|picture|pic\s*(?:[:|/]|credit|courtesy|by)"
    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    unsure = r"[^\x00-\x7F‘’“”–—]|[\x0b\x1c-\x1f]"
    return re2.compile(rf"{unsure}|\(c\)|\d\s+min|(?:^|\n)[^a-z0-9\n]*(?:{fronts})\b|\b(?:{inside})|{anywhere}", options)


HINT = _hint()


def masked(text: str) -> tuple[Mask, ...]:
    """What is not report in a text, in reading order, without overlaps; lines and bracketed credits, trimmed of white space.

    A text that would be nothing but boilerplate and captions is left alone, but for "File photo": it may be all there is.
    """
    if HINT.search(text if text.isascii() else SURROGATE.sub("\ufffd", text)) is None:
        return ()
    masks, reported = list[Mask](), False
    for line in re.finditer(r"[^\n]+", text):
        words = line.group().strip()
        if not words:
            continue
        start = line.start() + line.group().index(words)
        kind = _kind(words)
        reported = reported or kind is None
        masks.extend([Mask(start, start + len(words), kind)] if kind else _inside(words, start))
    return tuple(mask for mask in masks if reported or FILED.search(text, mask.start, mask.end))


def _kind(line: str) -> Literal["boilerplate", "caption"] | None:
    """What a whole line is; None: report, perhaps with a credit inside."""
    if CAPTION_LEAD.match(line):
        return "caption"
    if len(line.split()) < MOST_WORDS and (
        CUES.match(line) or TAILS.search(line) or STAMPS.fullmatch(line) or DISCLAIMERS.match(line)
    ):
        return "boilerplate"
    return "caption" if len(line.split()) < 2 * MOST_WORDS and CREDIT_TAIL.search(line) else None


def _inside(line: str, start: int) -> list[Mask]:
    """Credits and pointers to other pages inside a line of report."""
    found = [Mask(start + hit.start(), start + hit.end(), "boilerplate") for hit in CREDITS.finditer(line)]
    found += [Mask(start + hit.start(), start + hit.end(), "caption") for hit in CREDIT_INLINE.finditer(line)]
    endings = [hit for hit in ENDINGS.finditer(line) if len(hit.group().split()) < MOST_WORDS]
    found += [Mask(start + hit.end() - len(hit.group().lstrip()), start + hit.end(), "boilerplate") for hit in endings]
    found.sort(key=lambda mask: (mask.start, -mask.end))
    kept, until = list[Mask](), 0
    for mask in found:
        if mask.start >= until:
            kept.append(mask)
        until = max(until, mask.end)
    return kept


# --------------------------------------------------------------------------------------------------------- fingerprint

STAMPS = re.compile(
    r"\(?\b(?:(?:first\s+|last\s+)?(?:published|updated|modified|posted)|as\s+of)\b\s*(?:on|at|:|-|–)?\s*"
    r"(?:(?:\d[\d:.,/-]*|[ap]\.?m\.?|gmt|utc|est|edt|ist|cet|ago|hours?|minutes?|mins?|days?|at|on|\w{3,6}day"
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
    edges = [0, *(edge for mask in masked(text) for edge in (mask.start, mask.end)), len(text)]
    return " ".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def _material(text: str) -> str:
    folded = unicodedata.normalize("NFKC", STAMPS.sub(" ", text)).casefold()
    folded = re.sub(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)|(?<=\d),(?=\d{3})|['’ʼ`]", "", INVISIBLE.sub("", folded))
    return " ".join(WORD.findall(folded))


# --------------------------------------------------------------------------------------------------------- true-casing

ACRONYMS = _words(
    "US USA UK UN EU UAE NATO IRGC IDF ISIS ISIL PKK PMF PMU SDF YPG YPJ HTS PLO PIJ AQAP AQIM TTP BLA FARC ELN RSF SAF LNA "
    "CENTCOM AFRICOM EUCOM FBI CIA NSA DOD UAV UAVS RPG RPGS IED IEDS USS HMS UNIFIL UNRWA UNHCR WFP ICRC IAEA OPEC AFP AP BBC CNN "
    "DPA TASS IRNA SANA KCNA GMT UTC EST EDT ATACMS HIMARS"
)
CAPITAL = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february april june july august september october november "
    "december jan feb apr aug sept oct nov dec reuters"
)
TITLES = _words(
    "president minister premier chancellor general gen colonel col lieutenant lt major maj captain capt sergeant sgt admiral adm "
    "senator sen congressman rep governor gov ambassador sheikh ayatollah imam mullah king queen prince mr mrs ms dr"
)
SHORTENED = _words("gen col lt maj capt sgt adm sen rep gov mr mrs ms dr st no jan feb mar apr aug sept oct nov dec")
# A word after a title is a name unless it is one of these.
NO_NAME = _words(
    "a an and as at by for from has have in is of on or said says that the to told was were who will with general minister staff "
    "secretary office officer officers but after before during"
)
# "US" after these is the pronoun. A guess: in upper case nothing else tells them apart.
PRONOUN_BEFORE = _words("let told tell gave give join help show asked ask lets")
TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’](?![Ss]\b)[^\W_]+)*")
DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}")
STARTS = re.compile(r"(?:^|\n|[.!?…]['\"”’)\]]*\s+|\)\s+[-–—]+\s+)[\s'\"“‘(\[•*-]*$")


NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_NOT_UPPER = bytes(byte for byte in range(256) if not 65 <= byte <= 90)
_NOT_LOWER = bytes(byte for byte in range(256) if not 97 <= byte <= 122)


def is_upper_case(text: str) -> bool:
    """Whether more than 70 % of the letters that have case are capitals; never so below eight such letters."""
    data = text.encode("utf-8", "replace")
    upper, lower = len(data.translate(None, _NOT_UPPER)), len(data.translate(None, _NOT_LOWER))
    if not text.isascii():
        others = NOT_ASCII.findall(text)
        upper += sum(1 for char in others if char.isupper())
        lower += sum(1 for char in others if char.islower())
    return upper + lower >= 8 and upper > 0.7 * (upper + lower)


def truecase(text: str, names: frozenset[str] = frozenset()) -> str:
    """The text in mixed case when it came in capitals, else the text itself; always of the same length.

    Args:
        text: any text.
        names: words and phrases to write as given, e.g. "Syria", "al-Asad", "Kataib Hezbollah"; matched in any case.
    """
    if not is_upper_case(text):
        return text
    index, out = _by_first_word(names), list(text)
    named_until, title_run, before = 0, 0, ""
    for token in TOKEN.finditer(text):
        low = _lower(token.group())
        if token.start() < named_until:
            continue
        phrase = next((form for form in index.get(low, ()) if _stands(text, token.start(), form)), None)
        if phrase is not None:
            named_until, title_run = token.start() + len(phrase), 0
            out[token.start() : named_until] = phrase
        else:
            named = title_run > 0 and low not in NO_NAME
            out[token.start() : token.end()] = _capital(low) if named else _cased(text, token, low, before)
            title_run = 2 if low in TITLES else title_run - 1 if named else 0
        before = low
    return "".join(out)


def _cased(text: str, token: re.Match[str], low: str, before: str) -> str:
    word, last, following = token.group(), text[token.start() - 1 : token.start()], text[token.end() : token.end() + 2]
    if DOTTED.fullmatch(word):
        return low if low in {"a.m.", "p.m.", "e.g.", "i.e."} else word
    if word in ACRONYMS or (len(word) <= 3 and re.fullmatch(r"-\d", following)):  # F-16, MQ-9
        return low if word == "US" and before in PRONOUN_BEFORE else word
    if last in {"'", "’"} and len(word) == 1:
        return low
    number_follows = following.strip()[:1].isdigit()
    capital = low in CAPITAL or (low in {"may", "march", "mar", "sep"} and number_follows) or (len(word) == 1 and word != "A")
    return _capital(low) if capital or (last == "-" and before in {"al", "el"}) or _starts(text, token.start(), before) else low


def _starts(text: str, at: int, before: str) -> bool:
    """Whether a sentence begins here: after a stop that is no abbreviation's, a line's end, or a dateline."""
    window = text[max(0, at - 12) : at]
    if not STARTS.search(window if at <= 12 else " " + window[1:]):
        return False
    short = before in SHORTENED or (len(before) == 1 and before.isalpha()) or DOTTED.fullmatch(before) is not None
    stop = re.search(r"\.\s+$", window)
    return not (short and (stop or before.endswith(".")) and "\n" not in window)


def _lower(text: str) -> str:
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _capital(low: str) -> str:
    return (low[:1].upper() if len(low[:1].upper()) == 1 else low[:1]) + low[1:]


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
