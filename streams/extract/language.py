"""In which language a text is written: enough to tell what the extractor can read (English) from what it cannot.

Called by the extractor with an article's title and text and what its feed says. Scripts decide first, then letters that few
languages use, then function words. Not for telling close relatives apart: Serbian and Croatian, Malay and Indonesian, Danish and
Norwegian come out as one of the two; romanised Arabic or Persian comes out as whatever its words look like. A text that
quotes much of another language goes by the greater part. Very short Latin text without evidence follows the feed, else it is
taken for English: a wasted parse costs less than an unread alert.
"""

import re
import unicodedata
from collections import Counter

MOST_CHARS = 4000  # of the beginning; more adds time and no certainty (an assumption)

# Script by the first word of a letter's Unicode name.
SCRIPTS = {
    "HEBREW": "he",
    "GREEK": "el",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "THAI": "th",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "ETHIOPIC": "am",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "MYANMAR": "my",
    "KHMER": "km",
}
# Letters that settle the language inside a script; the first row that is present often enough wins.
ARABIC_LETTERS = (("ur", "ٹڈڑےں"), ("ps", "ښړځۍټډ"), ("ckb", "ڕێۆڵە"), ("fa", "پچژگکی"))
CYRILLIC_LETTERS = (("kk", "әғқңұһ"), ("mk", "ѓќѕ"), ("sr", "ђћљњџј"), ("be", "ў"), ("uk", "іїєґ"), ("ru", "ыэё"), ("bg", "ъ"))
LATIN_LETTERS = {
    "tr": "ığşİüöç", "es": "ñ¿¡", "de": "ßäöü", "pt": "ãõ", "pl": "łąęńśźż", "ro": "țșăâţş", "hu": "őű", "cs": "ěřů", "sv": "åäö",
    "vi": "ạảấầẩậắằẹếềệịọốồộớờợụứừựđ",
    "fr": "éèêçàùœ", "az": "ə", "da": "øæå",
}  # fmt: skip
_STOP_WORDS = {
    "en": "the of and to in a was were said that for on with by from has have had at as is are it be an not but after its they who which this "
    "their his he no more than into over near against killed attack base forces military says",
    "es": "el la los las de del que y en un una por con para se fue al su sus como más pero ha han según tras contra "
    "este esta entre sobre",
    "fr": "le la les des du de et en un une que qui dans pour par sur est au aux avec ont été a pas plus ce cette "
    "selon après contre leur",
    "de": "der die das und den dem des ein eine einen von mit auf für ist im nicht sich auch bei nach wurde wurden "
    "sind hat haben aus zu am",
    "it": "il lo la gli le di del della dei che e in un una per con è sono stato non da al alla nel nella anche dopo "
    "contro hanno secondo",
    "pt": "o a os as do da dos das que e em um uma por com para não no na foi ao mais se como pelo pela após contra segundo são",
    "nl": "de het een en van in op is dat die voor met niet zijn aan door bij werd werden ook naar uit om over tegen "
    "heeft hebben",
    "tr": "ve bir bu için ile de da olarak olan sonra en daha çok kadar göre karşı oldu dedi ise ancak tarafından",
    "pl": "i w na z do się nie że jest o od po za przez dla oraz był była były jak ale przed ich",
    "ro": "și în de la cu pe un o a din care pentru că nu au fost este sau după prin mai lui",
    "hu": "a az és hogy nem egy is volt meg el ki de szerint után volt több mint",
    "cs": "a v na se je že s z do o i po za ve byl byla podle jsou který",
    "sv": "och i att det som en på är av för med den till har inte om ett från efter var",
    "da": "og i at det som en på er af for med den til har ikke om et fra efter var blev",
    "id": "yang dan di dari untuk pada dengan itu ini ke dalam tidak akan oleh telah juga serangan sebuah mereka adalah",
    "sw": "na ya wa kwa ni la katika za cha kuwa hiyo hilo huo alisema baada",
    "so": "iyo ee ka ku oo in ah waxaa ayaa uu la soo kale waa weerar",
    "az": "və bir bu üçün ilə də da olan sonra edib deyib bildirib qarşı tərəfindən",
    "ku": "û li ji bo di de ku ya yên bi jî hat hatin piştî",
    "vi": "và của là các có được trong cho một với những đã không này người",
}  # fmt: skip
STOP_WORDS = {code: frozenset(words.split()) for code, words in _STOP_WORDS.items()}
_LANGUAGES = {  # of a word: where it is a function word
    word: tuple(code for code, own in STOP_WORDS.items() if word in own) for word in frozenset().union(*STOP_WORDS.values())
}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def language(text: str, hint: str = "") -> str:
    """The ISO 639 code of a text's language; "" when it has no letters and no hint.

    Args:
        text: title and body; only the beginning is looked at.
        hint: what the feed says, e.g. "en-GB"; believed only where the text does not speak against it.
    """
    told = re.split(r"[-_]", hint.strip().lower())[0]
    head = text[:MOST_CHARS]
    if head.isascii():
        return _latin(head, _WORD.findall(head.lower()), told) if any(map(str.isalpha, head)) else told
    others = [char for char in _NOT_ASCII.findall(head) if char.isalpha()]
    if 4 * len(others) < len(words := _WORD.findall(head)):  # at least three words in four are of ASCII letters alone
        return _latin(head, words, told)
    scripts = Counter(_script(char) for char in head if char.isalpha())
    if not scripts:
        return told
    script = scripts.most_common(1)[0][0]
    if script == "CJK" and scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.05 * scripts["CJK"]:
        return "ja"
    if script == "ARABIC":
        return _by_letters(head, ARABIC_LETTERS, scripts[script], "ar")
    if script == "CYRILLIC":
        return _by_letters(head.lower(), CYRILLIC_LETTERS, scripts[script], "ru")
    return _latin(head, words, told) if script == "LATIN" else SCRIPTS.get(script, told)


def _script(char: str) -> str:
    return "LATIN" if char.isascii() else unicodedata.name(char, "UNKNOWN").split(" ")[0]


def _by_letters(text: str, rows: tuple[tuple[str, str], ...], letters: int, otherwise: str) -> str:
    """The first row whose letters make up one in sixty of the text; names and quotations bring fewer."""
    found = [code for code, own in rows if sum(text.count(letter) for letter in own) * 60 >= letters]
    return found[0] if found else otherwise


def _latin(text: str, words: list[str], told: str) -> str:
    scores = dict.fromkeys(STOP_WORDS, 0.0)
    counts = Counter(map(str.lower, words))
    for word in counts.keys() & _LANGUAGES.keys():
        for code in _LANGUAGES[word]:
            scores[code] += counts[word]
    if not text.isascii():
        letters = Counter(_NOT_ASCII.findall(text))
        for code, own in LATIN_LETTERS.items():
            # A letter counts for a third of a word, so that a name with an accent outweighs nothing.
            scores[code] += sum(letters[letter] for letter in own) / 3
    best, most = max(scores.items(), key=lambda entry: (entry[1], entry[0] == "en", entry[0] == told))
    if most < 1 or (len(words) < 8 and most < 2):
        plain = all(char.isascii() for char in text if char.isalpha())
        unopposed = told if most < 1 or scores.get(told, 0) > 0 else ""
        return unopposed or ("en" if plain or best == "en" else best)
    if told in scores and scores[told] >= 0.8 * most:
        return told
    return "en" if scores["en"] >= 0.9 * most else best
