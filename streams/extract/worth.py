"""Which sentences are worth parsing, by their words alone: most of a newswire tells nothing that anybody here reads.

Called by the reader before anything is parsed. A word that tells by itself ("ambush", "airstrike") makes its sentence worth it; a
weak one ("hit", "fall", "launch") only beside what it will need to stand: a weapon, an armed side, a target, a nation. Other
sentences can but add to an event, and are worth it only in an article that tells one: see `additions`. What is refused here `arms`,
`deeds` and `claims` would refuse, but for a rest that tests/bench/speed.py measures; a new grammar there is a new row here.
"""

import re
from collections.abc import Iterable

from streams.extract import forms, threats
from streams.extract.act_words import ActWords, close, words_of
from streams.extract.cues import Cue
from streams.extract.lists import EVERY, Lists
from streams.extract.sentences import readable
from streams.extract.signs import Signs, business
from streams.extract.stage_words import THREATEN
from streams.extract.triggers import INTERCEPT, LAND, LAUNCH, UNSURE, WEAK, Triggers
from streams.knowledge.world import Knowledge, Trigger

_DEEDS = "operation campaign hostility bombing raid action bombardment activity attack strike".split()
_TAKING_UP = (
    "resume restart renew relaunch halt suspend stop pause cease freeze end suspension cessation resumption renewal".split()
)
# what is no object: "called on Monday for talks", "home in on" tell nothing that the words as they are listed do not
_PARTICLES = frozenset({"for", "in", "on"})


_HIMSELF = Cue(r"\b(?:him|her|it|them)sel(?:f|ves) up\b", re.IGNORECASE)  # blew himself up
_TAKEN = Cue(r"\b(?:claim|admit|acknowledg|t[ao]k|accept|assum)\w*", re.IGNORECASE)
# the month, which is never a march
_MONTH = Cue(
    r"\bMarch\b(?=,?\s+\d)|(?<=\b[Ii]n )March\b|(?<=\b[Oo]f )March\b|(?<=\d )March\b|(?<=\bend )March\b|(?<=\b[Ll]ast )March\b|(?<=\bnext )March\b"
    r"|(?<=\b[Ss]ince )March\b|(?<=\buntil )March\b|(?<=\bby )March\b|(?<=\bfor )March\b|(?<=\bto )March\b|(?<=\bfrom )March\b"
)
_MUTUAL = Cue(r"\b(?:each other|one another)\b", re.IGNORECASE)


class Worth:
    """Judges sentences against one knowledge."""

    def __init__(self, knowledge: Knowledge, triggers: Triggers, signs: Signs) -> None:
        self._signs = signs
        self._acts = ActWords(knowledge)
        self._apart: dict[str, set[str]] = {}  # forms of a verb's first word: forms of its last
        self._apart_in_lead: dict[str, set[str]] = {}
        sure, weapon, landing, weak, other, lead = set[str](), set[str](), set[str](), set[str](), set[str](), set[str]()
        for trigger in knowledge.triggers:
            words = set(forms.inflected(trigger.words, trigger.pos))
            if trigger.pos == "verb" and len(trigger.words) > 1:  # "sent more troops": the object stands apart, in the plural
                self._add_apart(trigger)
            if trigger.lead:
                lead |= words
            elif knowledge.is_a(trigger.type, "statements"):
                continue  # tells through an attack word or "responsibility"; read by `statements`, `claims`, `threats`
            elif not _is_weak(trigger):
                sure |= words
            elif not knowledge.is_a(trigger.type, "armed-attack"):
                other |= words
            elif trigger.pos == "verb" and trigger.words[0] in LAUNCH | INTERCEPT:
                weapon |= words
            elif trigger.pos == "verb" and trigger.words[0] in LAND:
                landing |= words
            else:
                weak |= words
        for verb in triggers.verbs():
            words = set(forms.inflected(verb, "verb")) - weak - sure
            (landing if verb[0] in LAND else weapon).update(words)
        self._lists = Lists()
        self._lead, self._sure, self._weapon, self._landing = map(self._lists.add, (lead, sure, weapon, landing))
        self._weak, self._other = self._lists.add(weak), self._lists.add(other)
        self._deeds, self._taking_up = self._lists.add(_bent(_DEEDS, "noun")), self._lists.add(_bent(_TAKING_UP, "verb"))
        self._threats = self._lists.add(_bent(THREATEN, "verb") | _bent(("threat", "ultimatum", "warning"), "noun"))
        self._deeds_threatened = self._lists.add(
            _bent(threats.DEEDS, "verb") | set(threats.REVENGE) | {"attack", "attacks", "legitimate target", "legitimate targets"}
        )
        self._himself = self._lists.add({one + self_ for one in ("him", "her", "it", "them") for self_ in ("self", "selves")})
        self._responsibility = self._lists.add({"responsibility", "credit for"})

    def sentence(self, text: str, *, lead: bool, alone: bool = False) -> bool:
        """Whether a sentence may tell an event.

        Args:
            lead: it stands in the title or is one of the first two of the text.
            alone: it is all there is, a snippet without a title: then the sorter wants the parse, whatever its words.
        """
        if "March" in text:
            text = _MONTH.sub("     ", text)
        if alone and (self._lead.hits(text, EVERY) or not business(text)):
            return True
        words = words_of(text)
        listed = self._lists.of(words) if readable(text) else EVERY
        if listed and (self._told(text, listed, lead=lead) or self._threat(text, listed)):
            return True
        if self._acts.hit(text) and (self._signs.act(text) or self._acts.hit(text, named=True)):
            return True
        return self._stands_apart(text, lead=lead)

    def _add_apart(self, trigger: Trigger) -> None:
        if len(trigger.words) == 2 and trigger.words[1] in _PARTICLES:
            return
        shelf = self._apart_in_lead if trigger.lead else self._apart
        for form in forms.inflected(trigger.words[:1], "verb"):
            shelf.setdefault(form, set()).update(forms.inflected(trigger.words[-1:], "noun"))

    def _stands_apart(self, text: str, *, lead: bool) -> bool:
        """Whether both ends of a verb of several words stand in the sentence, near each other, and a sign of politics or war."""
        words = words_of(text)
        shelves = (self._apart, self._apart_in_lead) if lead else (self._apart,)
        return any(
            not words.isdisjoint(shelf[word]) and close(text, {word}, shelf[word])
            for shelf in shelves
            if not words.isdisjoint(shelf)
            for word in words & shelf.keys()
        ) and self._signs.matter(text)

    def _threat(self, text: str, listed: int) -> bool:
        """ "threatened to burn", "vowed revenge", "or face attack": what `threats` reads without a word of attack."""
        return self._threats.hits(text, listed) and self._deeds_threatened.hits(text, listed) and not business(text)

    def _told(self, text: str, listed: int, *, lead: bool) -> bool:
        """Whether a word tells, beside what it needs; `listed`: lists of which the sentence may have a form."""
        signs = self._signs
        return (
            self._sure.hits(text, listed)
            or (self._himself.hits(text, listed) and _HIMSELF.search(text) is not None)
            or (self._responsibility.hits(text, listed) and _TAKEN.search(text) is not None)
            or (self._weak.hits(text, listed) and signs.attack(text))
            or (self._landing.hits(text, listed) and signs.arms(text))
            or (self._weapon.hits(text, listed) and (signs.weapon(text) or (_MUTUAL.search(text) is not None and signs.arms(text))))
            or (self._other.hits(text, listed) and signs.matter(text))
            or (self._taking_up.hits(text, listed) and self._deeds.hits(text, listed) and signs.matter(text))
            or (lead and self._lead.hits(text, listed) and signs.party(text))
        )


def _is_weak(trigger: Trigger) -> bool:
    return trigger.weak or trigger.words[-1] in UNSURE or (trigger.pos == "verb" and trigger.words[-1] in WEAK)


def _bent(words: Iterable[str], pos: str) -> set[str]:
    return {form for word in words for form in forms.inflected(word.split(), pos)}
